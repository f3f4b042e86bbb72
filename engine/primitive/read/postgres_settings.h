// How the settings of a PostgreSQL are for the whole server, whatever the session that looks has for itself.
#pragma once

#include "primitive/reach.h"

namespace runbook::primitive {

/// What is in force for whoever has no value of their own, and what ALTER SYSTEM wrote: {name, value, written, type,
/// unit, min, max, options, context, source, usual, elsewhere, own}, of the setting `name`. kNotFound; kDenied when the
/// role that looks cannot see what was written.
Task<Result<Value>> read_system_setting(Reach& reach, const safety::Target& target, const Value& args);

/// Whether the target's role that changes may run the first word of `argv`, ALTER SYSTEM … or a reload: {allowed, user,
/// why}, why being the GRANT that it lacks.
Task<Result<Value>> read_may_set(Reach& reach, const safety::Target& target, const Value& args);

}  // namespace runbook::primitive

// Which container bears a name, which one was made to take its place, and which one that replaces.
//
// A container is recreated by several calls, and whoever makes them may die between any two. So the names and one label
// are such that what stands can always be told: the new one is made as NAME.next, carries the id of the one it replaces
// in the label runbook.replaces, and keeps it when it takes over the name.
#pragma once

#include <string_view>

#include "base/value.h"
#include "primitive/reach.h"

namespace runbook::primitive {

inline constexpr std::string_view kReplacesLabel = "runbook.replaces";

/// {current, next, replaced}, as container.lineage describes it.
Task<Result<Value>> read_lineage(Reach& reach, const safety::Target& target);

/// All that docker says of a container, environment included: for who sends it back to docker, and for nobody else.
/// Null when there is none of that id or name.
Task<Result<Value>> inspect_in_full(Reach& reach, const safety::Target& target, std::string_view container);

}  // namespace runbook::primitive

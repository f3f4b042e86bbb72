// The configuration of a container that takes another one's place, as POST /containers/create wants it.
//
// Made of what docker says of the old one. That holds the values of its environment: these bytes go to the permit and
// to the daemon, and nowhere else.
#pragma once

#include <string>

#include "primitive/reach.h"
#include "safety/change.h"

namespace runbook::primitive {

/// Pure. `inspect`: all of the old one; `image`: the configuration of its image, null when that stays; `wish` as
/// {image?, env?}, its secrets told.
Value created_like(const Value& inspect, const Value& image, const Value& wish);

/// The bytes. kStale when it is not the container of the plan any more, kNotFound when the engine lacks the image;
/// errors of the secrets that it wants.
Task<Result<std::string>> create_body(Reach& reach, const safety::Target& target, const safety::Change& change);

}  // namespace runbook::primitive

// What the Redis readers share: one question on the target's shared connection.
#pragma once

#include "guard/permit.h"
#include "net/redis.h"
#include "primitive/reach.h"

namespace runbook::primitive {

/// The reply to one command. `where` of an error is the target's name.
Task<Result<net::Reply>> ask_redis(Reach& reach, const safety::Target& target, guard::Argv argv);

}  // namespace runbook::primitive

// What the Redis readers share: one question on the target's shared connection.
#pragma once

#include <string_view>

#include "guard/permit.h"
#include "net/redis.h"
#include "primitive/reach.h"

namespace runbook::primitive {

/// The reply to one command. `where` of an error is the target's name.
Task<Result<net::Reply>> ask_redis(Reach& reach, const safety::Target& target, guard::Argv argv);

/// What CONFIG GET may show of a setting: "‹redacted›" in place of a password that is set.
std::string_view shown_setting(std::string_view key, std::string_view value);

}  // namespace runbook::primitive

// What may stand behind redis-cli and its options without a permit.
#pragma once

#include <span>
#include <string>

namespace runbook::guard {

/// Whether these words are one command that the guard of Redis lets pass as a look, and no login: a password has no
/// place on a command line, and redis-cli goes on for ever with some (SUBSCRIBE, MONITOR), which are no look.
bool is_redis_question(std::span<const std::string> words);

}  // namespace runbook::guard

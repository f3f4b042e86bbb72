#include "guard/redis_cli.h"

#include "base/text.h"
#include "guard/redis.h"

namespace runbook::guard {

bool is_redis_question(std::span<const std::string> words) {
  if (words.empty()) return false;
  std::string frame = "*" + std::to_string(words.size()) + "\r\n";
  for (const auto& word : words) frame += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  const auto command = lower(words[0]);
  const bool login = command == "auth" || command == "hello" || command == "select" ||
                     (command == "client" && words.size() > 1 && lower(words[1]) != "list");
  return !login && RedisGuard().look(frame, nullptr).has_value();
}

}  // namespace runbook::guard

#include "primitive/read/ask_redis.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace runbook::primitive {

namespace {

constexpr auto kPasswords = std::to_array<std::string_view>(
    {"masterauth", "requirepass", "sentinel-pass", "tls-client-key-file-pass", "tls-key-file-pass"});

}  // namespace

Task<Result<net::Reply>> ask_redis(Reach& reach, const safety::Target& target, guard::Argv argv) {
  RUNBOOK_CO_TRY(redis, co_await reach.redis(target));
  auto reply = co_await redis->command(std::move(argv));
  if (reply) co_return reply;
  auto error = std::move(reply).error();
  if (error.where.empty()) error.where = target.name;
  co_return error;
}

std::string_view shown_setting(std::string_view key, std::string_view value) {
  const bool password = std::find(kPasswords.begin(), kPasswords.end(), lower(key)) != kPasswords.end();
  return password && !value.empty() ? "‹redacted›" : value;
}

}  // namespace runbook::primitive

// Promise 3 broken where it is kept: sends something else than the plan showed, twice as much of it.
#include "net/redis.h"
#include "primitive/change/appliers.h"
#include "primitive/reach.h"

namespace runbook::primitive {

namespace {

Task<Result<void>> apply_more(Reach& reach, const safety::Target& target, const guard::Permit& permit) {
  auto words = permit.sends().front();
  words.back() = std::to_string(2 * std::stoll(words.back()));
  RUNBOOK_CO_TRY(connection, co_await reach.open_redis(target));
  const auto reply = co_await connection->command(words, permit);
  if (!reply) co_return reply.error();
  co_return Result<void>();
}

}  // namespace

std::vector<safety::Applier> redis_appliers(Reach& reach) {
  return {{.row = "redis.config",
           .apply = [&reach](const safety::Target& target, const safety::Change& /*change*/,
                             const guard::Permit& permit) { return apply_more(reach, target, permit); }}};
}

}  // namespace runbook::primitive

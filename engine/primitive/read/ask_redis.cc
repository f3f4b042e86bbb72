#include "primitive/read/ask_redis.h"

namespace runbook::primitive {

Task<Result<net::Reply>> ask_redis(Reach& reach, const safety::Target& target, guard::Argv argv) {
  RUNBOOK_CO_TRY(redis, co_await reach.redis(target));
  auto reply = co_await redis->command(std::move(argv));
  if (reply) co_return reply;
  auto error = std::move(reply).error();
  if (error.where.empty()) error.where = target.name;
  co_return error;
}

}  // namespace runbook::primitive

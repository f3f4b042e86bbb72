// Carrying out changes of a Redis: each on a connection of its own, with what the permit lists.
#include "net/redis.h"

#include <algorithm>

#include "base/hash.h"
#include "primitive/change/appliers.h"
#include "primitive/reach.h"

namespace runbook::primitive {

namespace {

using guard::Argv;
using guard::Permit;
using net::Reply;
using safety::Change;
using safety::Target;

// One command whose reply is +OK.
Task<Result<void>> apply_simple(Reach& reach, const Target& target, const Change& /*change*/, const Permit& permit) {
  RUNBOOK_CO_TRY(connection, co_await reach.open_redis(target));
  const auto reply = co_await connection->command(permit.sends().front(), permit);
  if (!reply) co_return reply.error();
  if (reply->text != "OK") {
    co_return Error{.code = Code::kProtocol,
                    .message = permit.sends().front().front() + " gave an unexpected reply",
                    .where = target.name};
  }
  co_return Result<void>();
}

Error stale(const Target& target) {
  return {.code = Code::kStale,
          .message = "the key changed while it was about to be deleted",
          .where = target.name,
          .next = "look again"};
}

// WATCH, compare value and expiry, MULTI, UNLINK, EXEC: between the comparison and the deletion nothing fits.
Task<Result<void>> apply_delete(Reach& reach, const Target& target, const Change& change, const Permit& permit) {
  RUNBOOK_CO_TRY(connection, co_await reach.open_redis(target));
  std::vector<Reply> replies;
  for (const auto& argv : permit.sends()) {
    if (argv.front() == "MULTI") {
      const auto& dump = replies[1];
      const auto expires = static_cast<double>(std::max<std::int64_t>(replies[2].integer, 0));
      const bool same = dump.kind == Reply::Kind::kBulk && sha256(dump.text) == change.from["sha256"].text_or("") &&
                        expires == change.from["expires_at"].number_or(0);
      if (!same) co_return stale(target);
    }
    auto reply = co_await connection->command(argv, permit);
    if (!reply) co_return reply.error();
    replies.push_back(std::move(*reply));
  }
  if (replies.back().kind == Reply::Kind::kNil) co_return stale(target);
  co_return Result<void>();
}

// SET NX, GET, DEL: the key is deleted also when it does not read back as it was written.
Task<Result<void>> apply_probe(Reach& reach, const Target& target, const Change& /*change*/, const Permit& permit) {
  RUNBOOK_CO_TRY(connection, co_await reach.open_redis(target));
  const auto& sends = permit.sends();
  const auto written = co_await connection->command(sends.at(0), permit);
  if (!written) co_return written.error();
  if (written->kind == Reply::Kind::kNil) {
    co_return Error{.code = Code::kStale, .message = "the key of the probe is there already", .where = target.name};
  }
  const auto read = co_await connection->command(sends.at(1), permit);
  const auto deleted = co_await connection->command(sends.at(2), permit);
  if (!read) co_return read.error();
  if (!deleted) co_return deleted.error();
  if (read->text != sends.at(0).at(2)) {
    co_return Error{
        .code = Code::kRemote, .message = "what was written does not read back as it was", .where = target.name};
  }
  co_return Result<void>();
}

using Apply = Task<Result<void>> (*)(Reach&, const Target&, const Change&, const Permit&);

}  // namespace

std::vector<safety::Applier> redis_appliers(Reach& reach) {
  const auto through = [&reach](Apply apply) {
    return [&reach, apply](const Target& target, const Change& change, const Permit& permit) {
      return apply(reach, target, change, permit);
    };
  };
  return {{.row = "redis.config", .apply = through(apply_simple)},
          {.row = "redis.rewrite_config", .apply = through(apply_simple)},
          {.row = "redis.delete_key", .apply = through(apply_delete)},
          {.row = "redis.restore_key", .apply = through(apply_simple)},
          {.row = "redis.probe", .apply = through(apply_probe)}};
}

}  // namespace runbook::primitive

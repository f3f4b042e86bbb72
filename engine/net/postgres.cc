#include "net/postgres.h"

#include "net/once.h"
#include "net/postgres_wire.h"

namespace runbook::net {

using Answers = std::vector<PostgresAnswer>;

Task<Result<std::shared_ptr<PostgresConnection>>> PostgresConnection::connect(Loop loop, PostgresOptions options,
                                                                              const guard::PostgresGuard& guard) {
  RUNBOOK_CO_TRY(session, co_await log_in_to_postgres(loop, options));
  auto wire = std::make_shared<PostgresWire>(loop, std::move(session), guard, options.largest_answer);
  co_return std::shared_ptr<PostgresConnection>(new PostgresConnection(std::move(wire)));
}

PostgresConnection::~PostgresConnection() { wire_->fail({Code::kCancelled, "the connection was closed by us"}); }

// By itself: whoever asked may be given up while the others wait for their turn.
Task<Result<Answers>> PostgresConnection::look(guard::Batch batch, std::chrono::milliseconds limit) {
  const auto under_way = std::make_shared<Once<Answers>>(
      wire_->loop(), [wire = wire_, batch = std::move(batch), limit] { return wire->exchange(batch, nullptr, limit); });
  co_return co_await under_way->get();
}

Task<Result<Answers>> PostgresConnection::send(guard::Batch batch, const guard::Permit& permit,
                                               std::chrono::milliseconds limit) {
  return wire_->exchange(std::move(batch), &permit, limit);
}

const std::optional<Error>& PostgresConnection::failure() const { return wire_->failure(); }

}  // namespace runbook::net

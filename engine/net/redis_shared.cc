#include "net/redis_shared.h"

namespace runbook::net {

Task<Result<SharedRedis::Connection>> SharedRedis::get() {
  RUNBOOK_CO_TRY(connection, co_await connection_->get());
  if (connection->broken()) co_return *connection->failure();
  co_return connection;
}

bool SharedRedis::failed() const {
  const auto& outcome = connection_->outcome();
  return outcome && (!*outcome || (**outcome)->broken());
}

}  // namespace runbook::net

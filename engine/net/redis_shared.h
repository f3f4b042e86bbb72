// One Redis connection that is made when first asked for and shared by all who ask (once.h). When it breaks, its
// failure is kept in the same way.
#pragma once

#include <memory>

#include "net/once.h"
#include "net/redis.h"

namespace runbook::net {

class SharedRedis {
 public:
  using Connection = std::shared_ptr<RedisConnection>;
  using Open = Once<Connection>::Make;

  SharedRedis(Loop loop, Open open)
      : connection_(std::make_shared<Once<Connection>>(std::move(loop), std::move(open))) {}

  /// The connection; why there is none; kCancelled when this waiter was given up.
  Task<Result<Connection>> get();

  /// Whether the attempt failed or the connection broke.
  [[nodiscard]] bool failed() const;

 private:
  std::shared_ptr<Once<Connection>> connection_;
};

}  // namespace runbook::net

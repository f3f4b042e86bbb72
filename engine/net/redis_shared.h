// One Redis connection that is made when first asked for and shared by all who ask.
//
// Whoever asks while it is being made waits for it; giving up on one waiter leaves the attempt to the others. A
// failure, at the start or later, is kept and given to everybody who asks afterwards: one dead server costs one
// deadline, not one for each reading.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "net/redis.h"

namespace runbook::net {

class SharedRedis : public std::enable_shared_from_this<SharedRedis> {
 public:
  using Connection = std::shared_ptr<RedisConnection>;
  using Open = std::function<Task<Result<Connection>>()>;

  SharedRedis(Loop loop, Open open);
  ~SharedRedis();

  /// The connection; why there is none; kCancelled when this waiter was given up.
  Task<Result<Connection>> get();

  /// Whether the attempt failed or the connection broke.
  [[nodiscard]] bool failed() const;

 private:
  struct Event;
  static Task<void> attempt(std::shared_ptr<SharedRedis> self);

  Open open_;
  std::unique_ptr<Event> done_;
  bool started_ = false;
  std::optional<Result<Connection>> outcome_;
};

}  // namespace runbook::net

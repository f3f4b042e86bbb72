#include "net/redis_shared.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace runbook::net {

namespace asio = boost::asio;

struct SharedRedis::Event {
  asio::steady_timer timer;  // never expires; cancelled when the outcome is there
};

SharedRedis::SharedRedis(Loop loop, Open open)
    : open_(std::move(open)),
      done_(std::make_unique<Event>(Event{asio::steady_timer(loop, asio::steady_timer::time_point::max())})) {}

SharedRedis::~SharedRedis() = default;

Task<void> SharedRedis::attempt(std::shared_ptr<SharedRedis> self) {
  self->outcome_ = co_await self->open_();
  self->done_->timer.cancel();
}

Task<Result<SharedRedis::Connection>> SharedRedis::get() {
  const auto self = shared_from_this();
  if (!started_) {
    started_ = true;
    asio::co_spawn(done_->timer.get_executor(), attempt(self), asio::detached);
  }
  if (!outcome_) co_await done_->timer.async_wait(asio::as_tuple(asio::use_awaitable));
  if (!outcome_) co_return Error{Code::kCancelled, "given up while connecting"};
  if (*outcome_ && (**outcome_)->broken()) co_return *(**outcome_)->failure();
  co_return *outcome_;
}

bool SharedRedis::failed() const { return outcome_ && (!*outcome_ || (**outcome_)->broken()); }

}  // namespace runbook::net

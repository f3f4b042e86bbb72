#include "net/turns.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace runbook::net {

Task<void> Turns::take() {
  if (free_ > 0) {
    --free_;
    co_return;
  }
  boost::asio::steady_timer mine(loop_, boost::asio::steady_timer::time_point::max());
  waiting_.push_back(&mine);
  co_await mine.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
}

void Turns::end() {
  if (waiting_.empty()) {
    ++free_;
    return;
  }
  waiting_.front()->cancel();
  waiting_.pop_front();
}

}  // namespace runbook::net

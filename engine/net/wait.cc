#include "net/wait.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace runbook::net {

Task<void> wait(Loop loop, std::chrono::milliseconds time) {
  boost::asio::steady_timer timer(loop, time);
  co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
}

}  // namespace runbook::net

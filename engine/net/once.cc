#include "net/once.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace runbook::net {

namespace asio = boost::asio;

struct OnceDone::Timer {
  asio::steady_timer timer;  // never expires; cancelled when it is done
};

OnceDone::OnceDone(Loop loop)
    : timer_(std::make_unique<Timer>(Timer{asio::steady_timer(loop, asio::steady_timer::time_point::max())})) {}

OnceDone::~OnceDone() = default;

void OnceDone::start(Task<void> work) { asio::co_spawn(timer_->timer.get_executor(), std::move(work), asio::detached); }

Task<void> OnceDone::wait() { co_await timer_->timer.async_wait(asio::as_tuple(asio::use_awaitable)); }

void OnceDone::set() { timer_->timer.cancel(); }

}  // namespace runbook::net

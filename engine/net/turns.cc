#include "net/turns.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace runbook::net {

using boost::asio::steady_timer;

struct Turns::Turn::Queue {
  unsigned free = 0;
  std::deque<std::shared_ptr<steady_timer>> waiting{};
};

Turns::Turns(Loop loop, unsigned at_once)
    : loop_(std::move(loop)), queue_(std::make_shared<Turn::Queue>(Turn::Queue{.free = at_once})) {}

Task<Turns::Turn> Turns::take() {
  const std::weak_ptr<Turn::Queue> queue = queue_;
  if (queue_->free > 0) {
    --queue_->free;
    co_return Turn(queue);
  }
  const auto mine = std::make_shared<steady_timer>(loop_, steady_timer::time_point::max());
  queue_->waiting.push_back(mine);
  co_await mine->async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  co_return Turn(queue);
}

void Turns::Turn::end() {
  const auto queue = std::exchange(queue_, {}).lock();
  if (!queue) return;
  if (queue->waiting.empty()) {
    ++queue->free;
    return;
  }
  queue->waiting.front()->cancel();
  queue->waiting.pop_front();
}

}  // namespace runbook::net

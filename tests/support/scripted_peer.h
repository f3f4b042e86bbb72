// A server for a test that says what it is told to, on 127.0.0.1 and the test's own loop.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <string>
#include <vector>

#include "support/loop.h"

namespace runbook::test {

struct Step {
  std::string wait_for{};  // until the client has sent this after the last step; empty: at once
  std::string send{};      // then say this
  bool close = false;      // then close the connection
};

class ScriptedPeer {
 public:
  /// Plays the steps for the first client and then stays silent.
  ScriptedPeer(TestLoop& loop, std::vector<Step> steps) : state_(std::make_shared<State>(loop.io())) {
    boost::asio::co_spawn(loop.io(), play(state_, std::move(steps)), boost::asio::detached);
  }
  ~ScriptedPeer() {
    boost::system::error_code ignored;
    state_->acceptor.close(ignored);
    state_->socket.close(ignored);
  }
  ScriptedPeer(const ScriptedPeer&) = delete;
  ScriptedPeer& operator=(const ScriptedPeer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return state_->acceptor.local_endpoint().port(); }
  /// All that the client has sent so far.
  [[nodiscard]] const std::string& heard() const { return state_->heard; }

 private:
  using tcp = boost::asio::ip::tcp;
  struct State {
    explicit State(boost::asio::io_context& io)
        : acceptor(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)), socket(io) {}
    tcp::acceptor acceptor;
    tcp::socket socket;
    std::string heard;
  };

  static Task<void> play(std::shared_ptr<State> state, std::vector<Step> steps) {
    constexpr auto kTuple = boost::asio::as_tuple(boost::asio::use_awaitable);
    auto [refused] = co_await state->acceptor.async_accept(state->socket, kTuple);
    if (refused) co_return;
    std::size_t from = 0;
    char chunk[4096];
    for (const auto& step : steps) {
      for (;;) {
        const auto at = state->heard.find(step.wait_for, from);
        if (at != std::string::npos) {
          from = at + step.wait_for.size();
          break;
        }
        auto [error, n] = co_await state->socket.async_read_some(boost::asio::buffer(chunk), kTuple);
        state->heard.append(chunk, n);
        if (error) co_return;
      }
      if (!step.send.empty()) co_await boost::asio::async_write(state->socket, boost::asio::buffer(step.send), kTuple);
      boost::system::error_code ignored;
      if (step.close) state->socket.close(ignored);
    }
    for (;;) {  // hear the rest
      auto [error, n] = co_await state->socket.async_read_some(boost::asio::buffer(chunk), kTuple);
      state->heard.append(chunk, n);
      if (error) co_return;
    }
  }

  std::shared_ptr<State> state_;
};

}  // namespace runbook::test

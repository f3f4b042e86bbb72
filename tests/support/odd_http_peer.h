// An HTTP server for a test, on 127.0.0.1 and the test's own loop, that takes whole requests, counts what it carried
// out, and then answers as oddly as it is told to.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>

#include "support/loop.h"

namespace runbook::test {

enum class Oddity { kNone, kCloses, kResets, kStalls, kDribbles /* one byte each 5 ms, for ever */ };

class OddHttpPeer {
 public:
  /// Each whole request is carried out, and then answered with the first `cut` bytes of `reply`. The oddity shows after
  /// them; a dribbler repeats the rest of the reply byte by byte.
  OddHttpPeer(TestLoop& loop, std::string reply, std::size_t cut, Oddity oddity)
      : state_(std::make_shared<State>(loop.io())) {
    state_->reply = std::move(reply);
    state_->cut = cut;
    state_->oddity = oddity;
    boost::asio::co_spawn(loop.io(), accept(state_), boost::asio::detached);
  }
  ~OddHttpPeer() {
    boost::system::error_code ignored;
    state_->acceptor.close(ignored);
  }
  OddHttpPeer(const OddHttpPeer&) = delete;
  OddHttpPeer& operator=(const OddHttpPeer&) = delete;

  [[nodiscard]] std::string origin() const {
    return "http://127.0.0.1:" + std::to_string(state_->acceptor.local_endpoint().port());
  }
  /// How often each Idempotency-Key was carried out.
  [[nodiscard]] const std::map<std::string, int>& executions() const { return state_->executions; }
  [[nodiscard]] int connections() const { return state_->connections; }
  /// How often the oddity came to pass.
  [[nodiscard]] int fired() const { return state_->fired; }
  [[nodiscard]] const std::string& heard() const { return state_->heard; }

 private:
  using tcp = boost::asio::ip::tcp;
  static constexpr auto kTuple = boost::asio::as_tuple(boost::asio::use_awaitable);
  struct State {
    explicit State(boost::asio::io_context& io)
        : acceptor(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)) {}
    tcp::acceptor acceptor;
    std::string reply;
    std::size_t cut = 0;
    Oddity oddity = Oddity::kNone;
    std::map<std::string, int> executions;
    int connections = 0;
    int fired = 0;
    std::string heard;
  };

  static Task<void> accept(std::shared_ptr<State> state) {
    for (;;) {
      auto [error, socket] = co_await state->acceptor.async_accept(kTuple);
      if (error) co_return;
      ++state->connections;
      boost::asio::co_spawn(state->acceptor.get_executor(), serve(state, std::move(socket)), boost::asio::detached);
    }
  }

  // The bytes of the first whole request; 0 while it is not whole.
  static std::size_t whole(const std::string& heard) {
    const auto end = heard.find("\r\n\r\n");
    if (end == std::string::npos) return 0;
    const auto length = heard.find("Content-Length: ");
    const auto body = length < end ? std::strtoul(heard.c_str() + length + 16, nullptr, 10) : 0;
    return heard.size() >= end + 4 + body ? end + 4 + body : 0;
  }

  static void carry_out(State& state, const std::string& request) {
    const auto at = request.find("Idempotency-Key: ");
    const auto key =
        at == std::string::npos ? std::string() : request.substr(at + 17, request.find('\r', at) - at - 17);
    ++state.executions[key];
    state.heard += request;
  }

  static Task<void> serve(std::shared_ptr<State> state, tcp::socket socket) {
    std::string heard;
    char chunk[4096];
    for (;;) {
      while (whole(heard) == 0) {
        auto [error, n] = co_await socket.async_read_some(boost::asio::buffer(chunk), kTuple);
        if (error) co_return;
        heard.append(chunk, n);
      }
      carry_out(*state, heard.substr(0, whole(heard)));
      heard.erase(0, whole(heard));
      const auto first = state->reply.substr(0, state->cut);
      co_await boost::asio::async_write(socket, boost::asio::buffer(first), kTuple);
      if (state->oddity == Oddity::kNone) continue;
      ++state->fired;
      co_await be_odd(state, socket);
      co_return;
    }
  }

  static Task<void> be_odd(std::shared_ptr<State> state, tcp::socket& socket) {
    boost::system::error_code ignored;
    char chunk[4096];
    if (state->oddity == Oddity::kResets) socket.set_option(boost::asio::socket_base::linger(true, 0), ignored);
    if (state->oddity == Oddity::kResets || state->oddity == Oddity::kCloses) {
      socket.close(ignored);
      co_return;
    }
    const auto rest = state->reply.substr(state->cut);
    boost::asio::steady_timer timer(socket.get_executor());
    for (std::size_t at = 0; state->oddity == Oddity::kDribbles; ++at) {
      const std::string one(1, rest.at(at % rest.size()));
      auto [error, n] = co_await boost::asio::async_write(socket, boost::asio::buffer(one), kTuple);
      if (error) co_return;
      timer.expires_after(std::chrono::milliseconds(5));
      co_await timer.async_wait(kTuple);
    }
    for (;;) {  // stalls until the other side has enough
      auto [error, n] = co_await socket.async_read_some(boost::asio::buffer(chunk), kTuple);
      if (error) co_return;
    }
  }

  std::shared_ptr<State> state_;
};

}  // namespace runbook::test

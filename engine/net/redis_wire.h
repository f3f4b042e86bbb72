// One connected stream to a Redis server: commands go out in order, answers come back in the same order. Internal to
// net/.
//
// Any number of coroutines may have commands under way. Sending only appends to a buffer, one flush writes what has
// gathered meanwhile, one reader hands each answer to the oldest command without one. That is all pipelining needs.
//
// The guard stands in `send`, the only place where bytes come into the buffer.
//
// A stream that lost its place is worth nothing: the first failure, be it a cut, garbage, an answer nobody asked for,
// or a deadline that passed, closes it and fails all commands that wait. What was a change and may have reached the
// server fails as kInDoubt, never as anything that sounds like "not done".
//
// Runs on one thread: the loop's.
#pragma once

#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/task.h"
#include "guard/redis.h"
#include "net/dial.h"
#include "net/resp.h"

namespace runbook::net {

/// A command under way.
struct Exchange {
  Exchange(const Loop& loop, std::string verb, std::uint64_t offset, bool changes)
      : settled(loop), verb(std::move(verb)), offset(offset), changes(changes) {}
  boost::asio::steady_timer settled;  // cancelled when the outcome is there
  std::string verb;                   // for messages
  std::uint64_t offset;               // of its first byte in all that was ever sent
  bool changes;                       // listed by a permit
  std::optional<Result<Reply>> outcome{};
};

class RedisWire : public std::enable_shared_from_this<RedisWire> {
 public:
  RedisWire(Dialed dialed, const guard::RedisGuard& guard, const RespLimits& limits);

  /// The TLS handshake, with the certificate checked against the host. kUnreachable, kProtocol, kTimeout.
  Task<Result<>> secure(boost::asio::ssl::context& context, std::string host, std::chrono::milliseconds limit);

  /// Starts to read. Commands sent before are answered too.
  void start();

  /// Sends one command. kRefused by the guard, which leaves the connection as it is; else why the connection failed
  /// before.
  Result<std::shared_ptr<Exchange>> send(const guard::Argv& argv, const guard::Permit* permit);

  /// Waits for its answer. An error reply is an answer. The limit is on the silence: it begins anew with each answer to
  /// a command before this one.
  Task<Result<Reply>> answer(std::shared_ptr<Exchange> exchange, std::chrono::milliseconds limit);

  void fail(Error error);
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
  [[nodiscard]] const std::string& peer() const { return peer_; }

 private:
  static Task<void> read(std::shared_ptr<RedisWire> self);
  static Task<void> flush(std::shared_ptr<RedisWire> self);
  Task<boost::system::error_code> write_all(std::string_view bytes);
  Task<std::size_t> read_some(std::span<char> room, boost::system::error_code& outcome);
  Result<> take_replies();
  Result<> settle_oldest(Reply reply);
  void settle(Exchange& exchange, Result<Reply> outcome) const;
  [[nodiscard]] Error as_failure_of(const Exchange& exchange, Error error) const;

  Socket socket_;
  std::optional<boost::asio::ssl::stream<Socket&>> tls_;
  std::string peer_;
  const guard::RedisGuard& guard_;
  ReplyParser parser_;
  std::deque<std::shared_ptr<Exchange>> waiting_;
  std::string gathered_;           // to be written next
  std::string writing_;            // being written; empty when no flush runs
  std::uint64_t sent_ = 0;         // bytes ever gathered
  std::uint64_t handed_over_ = 0;  // of these, what the kernel may have got
  std::chrono::steady_clock::time_point last_answer_;
  bool answered_ = false;  // ever
  std::optional<Error> failure_;
};

}  // namespace runbook::net

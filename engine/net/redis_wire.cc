#include "net/redis_wire.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "base/text.h"
#include "net/deadline.h"
#include "net/server_name.h"

namespace runbook::net {

namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr auto kPlainPort = "is it a plain redis:// port?";
constexpr std::size_t kReadSize = 64U << 10U;

Error handshake_error(SSL* handle, const std::string& host, const std::string& peer, const error_code& error) {
  const auto verdict = SSL_get_verify_result(handle);
  if (verdict != X509_V_OK) {
    return {Code::kUnreachable, "the certificate of " + peer + " is not accepted for " + escaped(host, 120) + ": " +
                                    X509_verify_cert_error_string(verdict)};
  }
  if (error == asio::error::operation_aborted) return {Code::kCancelled, "given up while connecting to " + peer};
  return {Code::kProtocol, "no TLS with " + peer + ": " + error.message(), {}, kPlainPort};
}

std::string verb_of(const guard::Argv& argv) { return argv.empty() ? std::string() : escaped(argv.front(), 40); }

bool lists(const guard::Permit* permit, const guard::Argv& argv) {
  return permit != nullptr && std::find(permit->sends().begin(), permit->sends().end(), argv) != permit->sends().end();
}

}  // namespace

RedisWire::RedisWire(Dialed dialed, const guard::RedisGuard& guard, const RespLimits& limits)
    : socket_(std::move(dialed.socket)), peer_(std::move(dialed.address)), guard_(guard), parser_(limits) {}

Task<Result<>> RedisWire::secure(ssl::context& context, std::string host, milliseconds limit) {
  tls_.emplace(socket_, context);
  if (!expect_host(tls_->native_handle(), host)) {
    co_return Error{Code::kConfig, "\"" + escaped(host, 120) + "\" is no host that a certificate can name"};
  }
  const Deadline deadline(socket_.get_executor(), steady_clock::now() + limit, [this] {
    error_code ignored;
    socket_.close(ignored);
  });
  auto [error] = co_await tls_->async_handshake(ssl::stream_base::client, kTuple);
  if (deadline.expired()) {
    co_return Error{
        Code::kTimeout, "no TLS handshake with " + peer_ + " within " + duration_text(limit), {}, kPlainPort};
  }
  if (error) co_return handshake_error(tls_->native_handle(), host, peer_, error);
  co_return Result<>();
}

void RedisWire::start() {
  last_answer_ = steady_clock::now();
  asio::co_spawn(socket_.get_executor(), read(shared_from_this()), asio::detached);
}

Result<std::shared_ptr<Exchange>> RedisWire::send(const guard::Argv& argv, const guard::Permit* permit) {
  if (failure_) return *failure_;
  const auto bytes = encode_command(argv);
  RUNBOOK_CHECK(guard_.look(bytes, permit));
  auto exchange = std::make_shared<Exchange>(socket_.get_executor(), verb_of(argv), sent_, lists(permit, argv));
  if (waiting_.empty()) last_answer_ = steady_clock::now();
  gathered_ += bytes;
  sent_ += bytes.size();
  waiting_.push_back(exchange);
  if (writing_.empty()) {
    writing_.swap(gathered_);
    asio::co_spawn(socket_.get_executor(), flush(shared_from_this()), asio::detached);
  }
  return exchange;
}

Task<Result<Reply>> RedisWire::answer(std::shared_ptr<Exchange> exchange, milliseconds limit) {
  while (!exchange->outcome) {
    exchange->settled.expires_at(last_answer_ + limit);
    auto [error] = co_await exchange->settled.async_wait(kTuple);
    if (exchange->outcome) break;
    if (error)
      co_return as_failure_of(*exchange, Error{Code::kCancelled, "given up while waiting for " + exchange->verb});
    if (last_answer_ + limit > steady_clock::now()) continue;
    fail(Error{Code::kTimeout, peer_ + " gave no answer to " + exchange->verb + " within " + duration_text(limit)});
  }
  co_return std::move(*exchange->outcome);
}

Task<error_code> RedisWire::write_all(std::string_view bytes) {
  error_code outcome;
  if (tls_) {
    auto [error, n] = co_await asio::async_write(*tls_, asio::buffer(bytes), kTuple);
    outcome = error;
  } else {
    auto [error, n] = co_await asio::async_write(socket_, asio::buffer(bytes), kTuple);
    outcome = error;
  }
  co_return outcome;
}

Task<std::size_t> RedisWire::read_some(std::span<char> room, error_code& outcome) {
  const auto buffer = asio::buffer(room.data(), room.size());
  if (tls_) {
    auto [error, n] = co_await tls_->async_read_some(buffer, kTuple);
    outcome = error;
    co_return n;
  }
  auto [error, n] = co_await socket_.async_read_some(buffer, kTuple);
  outcome = error;
  co_return n;
}

Task<void> RedisWire::flush(std::shared_ptr<RedisWire> self) {
  while (!self->failure_ && !self->writing_.empty()) {
    self->handed_over_ += self->writing_.size();
    const auto error = co_await self->write_all(self->writing_);
    if (error) {
      self->fail({Code::kUnreachable, "the connection to " + self->peer_ + " broke while sending: " + error.message()});
    }
    self->writing_.clear();
    self->writing_.swap(self->gathered_);
  }
}

Task<void> RedisWire::read(std::shared_ptr<RedisWire> self) {
  std::vector<char> chunk(kReadSize);
  while (!self->failure_) {
    error_code error;
    const auto n = co_await self->read_some(chunk, error);
    if (n > 0) {
      self->parser_.feed({chunk.data(), n});
      if (auto taken = self->take_replies(); !taken) self->fail(std::move(taken).error());
    }
    if (!error) continue;
    const bool closed = error == asio::error::eof || error == ssl::error::stream_truncated;
    Error failure{Code::kUnreachable, closed ? self->peer_ + " closed the connection"
                                             : "the connection to " + self->peer_ + " broke: " + error.message()};
    if (!self->answered_ && !self->tls_) failure.next = "it never answered; does this port want rediss://?";
    self->fail(std::move(failure));
  }
}

Result<> RedisWire::take_replies() {
  for (;;) {
    auto next = parser_.next();
    if (!next) {
      auto error = std::move(next).error();
      error.message = peer_ + ": " + error.message;
      return error;
    }
    if (!*next) return {};
    if ((*next)->kind == Reply::Kind::kPush) continue;
    RUNBOOK_CHECK(settle_oldest(std::move(**next)));
  }
}

Result<> RedisWire::settle_oldest(Reply reply) {
  if (waiting_.empty()) {
    const bool says_why = reply.kind == Reply::Kind::kError;
    return Error{Code::kProtocol,
                 peer_ + " sent an answer that nobody asked for" + (says_why ? ": " + escaped(reply.text, 200) : "")};
  }
  const auto exchange = std::move(waiting_.front());
  waiting_.pop_front();
  last_answer_ = steady_clock::now();
  answered_ = true;
  settle(*exchange, std::move(reply));
  return {};
}

void RedisWire::settle(Exchange& exchange, Result<Reply> outcome) const {
  exchange.outcome = std::move(outcome);
  exchange.settled.cancel();
}

Error RedisWire::as_failure_of(const Exchange& exchange, Error error) const {
  if (!exchange.changes || exchange.offset >= handed_over_) return error;
  return {Code::kInDoubt, exchange.verb + " was sent and no answer came: " + error.message, std::move(error.where),
          "read the target again to see whether it took effect"};
}

void RedisWire::fail(Error error) {
  if (failure_) return;
  failure_ = std::move(error);
  error_code ignored;
  socket_.close(ignored);
  auto waiting = std::move(waiting_);
  waiting_.clear();
  for (const auto& exchange : waiting) settle(*exchange, as_failure_of(*exchange, *failure_));
}

}  // namespace runbook::net

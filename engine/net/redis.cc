#include "net/redis.h"

#include <algorithm>

#include "base/text.h"
#include "net/redis_wire.h"

namespace runbook::net {

namespace {

using guard::Argv;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

milliseconds left(steady_clock::time_point until) {
  return std::max(milliseconds(1), std::chrono::duration_cast<milliseconds>(until - steady_clock::now()));
}

Result<Reply> accepted(Result<Reply> reply) {
  if (reply && reply->kind == Reply::Kind::kError) return error_of(*reply);
  return reply;
}

bool is_harmless_without_name(const Error& error) {
  return error.code == Code::kDenied ? error.message.starts_with("NOPERM") : error.message.starts_with("ERR unknown");
}

std::vector<Argv> login_of(const RedisOptions& options) {
  std::vector<Argv> login;
  const auto& user = options.address.user;
  if (options.password || !user.empty()) {
    Argv auth = {"AUTH"};
    if (!user.empty()) auth.push_back(user);
    auth.push_back(options.password.value_or(""));
    login.push_back(std::move(auth));
  }
  if (options.address.database != 0) login.push_back({"SELECT", std::to_string(options.address.database)});
  login.push_back({"CLIENT", "SETNAME", "runbook"});
  return login;
}

// Sends the whole login at once, so that it takes one round trip.
Task<Result<>> log_in(std::shared_ptr<RedisWire> wire, std::vector<Argv> login, steady_clock::time_point until) {
  std::vector<std::shared_ptr<Exchange>> sent;
  for (const auto& argv : login) {
    RUNBOOK_CO_TRY(exchange, wire->send(argv, nullptr));
    sent.push_back(std::move(exchange));
  }
  wire->start();
  for (const auto& exchange : sent) {
    const auto reply = accepted(co_await wire->answer(exchange, left(until)));
    if (reply) continue;
    if (exchange->verb == "CLIENT" && is_harmless_without_name(reply.error())) continue;
    co_return reply.error();
  }
  co_return Result<>();
}

}  // namespace

Error error_of(const Reply& reply) {
  const auto word = std::string_view(reply.text).substr(0, reply.text.find(' '));
  const auto is = [&](std::string_view begin) { return reply.text.starts_with(begin); };
  auto text = escaped(reply.text, 400);
  if (word == "NOAUTH" || word == "WRONGPASS" || is("ERR invalid password") || is("ERR AUTH ") ||
      is("ERR Client sent AUTH")) {
    return {Code::kAuth, std::move(text)};
  }
  if (word == "NOPERM" || word == "DENIED" || word == "-DENIED") return {Code::kDenied, std::move(text)};
  return {Code::kRemote, std::move(text)};
}

Task<Result<std::shared_ptr<RedisConnection>>> RedisConnection::connect(Loop loop, RedisOptions options,
                                                                        const guard::RedisGuard& guard,
                                                                        TlsTrust& trust) {
  const auto until = steady_clock::now() + options.connect_limit;
  boost::asio::ssl::context* context = nullptr;
  if (options.address.tls) {
    RUNBOOK_CO_TRY(found, trust.context(options.ca_file));
    context = found;
  }
  RUNBOOK_CO_TRY(dialed, co_await dial(loop, options.address.endpoint, options.connect_limit));
  const auto wire = std::make_shared<RedisWire>(std::move(dialed), guard, options.limits);
  if (context != nullptr) {
    RUNBOOK_CO_CHECK(co_await wire->secure(*context, options.address.endpoint.host, left(until)));
  }
  auto login = co_await log_in(wire, login_of(options), until);
  if (!login) {
    wire->fail(login.error());
    co_return login.error();
  }
  co_return std::shared_ptr<RedisConnection>(new RedisConnection(wire, options.answer_limit));
}

RedisConnection::~RedisConnection() { wire_->fail({Code::kCancelled, "the connection was closed by us"}); }

Task<Result<Reply>> RedisConnection::command(Argv argv) { return exchange(std::move(argv), nullptr); }

Task<Result<Reply>> RedisConnection::command(Argv argv, const guard::Permit& permit) {
  return exchange(std::move(argv), &permit);
}

Task<Result<Reply>> RedisConnection::exchange(Argv argv, const guard::Permit* permit) {
  RUNBOOK_CO_TRY(sent, wire_->send(argv, permit));
  co_return accepted(co_await wire_->answer(sent, answer_limit_));
}

Task<std::vector<Result<Reply>>> RedisConnection::commands(std::vector<Argv> batch) {
  std::vector<Result<std::shared_ptr<Exchange>>> sent;
  for (const auto& argv : batch) sent.push_back(wire_->send(argv, nullptr));
  std::vector<Result<Reply>> replies;
  for (auto& exchange : sent) {
    const bool given_up = !replies.empty() && !replies.back() && replies.back().error().code == Code::kCancelled;
    if (!exchange) {
      replies.emplace_back(exchange.error());
    } else if (given_up) {  // another co_await after a cancellation would throw
      replies.emplace_back(replies.back().error());
    } else {
      replies.push_back(accepted(co_await wire_->answer(*exchange, answer_limit_)));
    }
  }
  co_return replies;
}

const std::optional<Error>& RedisConnection::failure() const { return wire_->failure(); }

const std::string& RedisConnection::peer() const { return wire_->peer(); }

}  // namespace runbook::net

#include "net/dial.h"

#include <sys/un.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>

#include "base/text.h"
#include "net/deadline.h"

namespace runbook::net {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct LookUp {
  explicit LookUp(const Loop& loop) : resolver(loop), done(loop) {}
  tcp::resolver resolver;
  asio::steady_timer done;  // cancelled when the answer is there
  std::optional<error_code> error;
  std::vector<std::string> addresses;
};

Error no_name(const std::string& host, const error_code& error) {
  const auto name = escaped(host, 120);
  if (error == asio::error::host_not_found_try_again) {
    return {Code::kUnreachable, "no name server answers for " + name, {}, "check /etc/resolv.conf and the network"};
  }
  return {Code::kUnreachable, "the name " + name + " does not resolve"};
}

void begin(const std::shared_ptr<LookUp>& state, const std::string& host) {
  state->resolver.async_resolve(host, "", [state](const error_code& error, const tcp::resolver::results_type& found) {
    state->error = error;
    for (const auto& entry : found) {
      auto address = entry.endpoint().address().to_string();
      const auto& known = state->addresses;
      if (std::find(known.begin(), known.end(), address) == known.end()) state->addresses.push_back(std::move(address));
    }
    state->done.cancel();
  });
}

struct Attempt {
  error_code error;
  bool expired = false;
};

Task<Attempt> connect(Loop loop, Socket& socket, Socket::endpoint_type endpoint, TimePoint until) {
  Attempt attempt;
  const Deadline deadline(loop, until, [&socket] {
    error_code ignored;
    socket.close(ignored);
  });
  auto [error] = co_await socket.async_connect(endpoint, asio::as_tuple(asio::use_awaitable));
  attempt.error = error;
  attempt.expired = deadline.expired();
  co_return attempt;
}

std::string reason(const Attempt& attempt) {
  if (attempt.expired) return "no answer";
  if (attempt.error == asio::error::connection_refused) return "connection refused";
  if (attempt.error == asio::error::host_unreachable) return "no route to host";
  if (attempt.error == asio::error::network_unreachable) return "network unreachable";
  return attempt.error.message();
}

Error unix_error(const Endpoint& endpoint, const Attempt& attempt) {
  const auto path = escaped(endpoint.path);
  if (attempt.expired) return {Code::kTimeout, "the unix socket " + path + " accepts no connection in time"};
  if (attempt.error == asio::error::operation_aborted) return {Code::kCancelled, "given up while connecting"};
  if (attempt.error == boost::system::errc::no_such_file_or_directory) {
    return {Code::kUnreachable, "there is no unix socket " + path};
  }
  if (attempt.error == asio::error::connection_refused)
    return {Code::kUnreachable, "nobody listens on the unix socket " + path};
  if (attempt.error == boost::system::errc::permission_denied) {
    return {Code::kUnreachable, "no permission to connect to the unix socket " + path};
  }
  return {Code::kUnreachable, "cannot connect to the unix socket " + path + ": " + attempt.error.message()};
}

Task<Result<Dialed>> dial_unix(Loop loop, Endpoint endpoint, milliseconds limit) {
  if (endpoint.path.size() >= sizeof(sockaddr_un::sun_path))
    co_return Error{Code::kUnreachable, "no unix socket has a path as long as " + escaped(endpoint.path)};
  Dialed dialed{.socket = Socket(loop), .address = endpoint.text()};
  const asio::local::stream_protocol::endpoint address(endpoint.path);
  const auto attempt = co_await connect(loop, dialed.socket, address, steady_clock::now() + limit);
  if (attempt.error) co_return unix_error(endpoint, attempt);
  co_return std::move(dialed);
}

Error tcp_error(const Endpoint& endpoint, const std::vector<std::string>& reasons, bool all_expired,
                milliseconds limit) {
  if (all_expired) return {Code::kTimeout, endpoint.text() + " accepts no connection within " + duration_text(limit)};
  if (reasons.size() == 1) return {Code::kUnreachable, "cannot connect to " + endpoint.text() + ": " + reasons.front()};
  return {Code::kUnreachable, "no address of " + endpoint.text() + " accepts a connection: " + join(reasons, "; ")};
}

}  // namespace

Task<Result<std::vector<std::string>>> look_up(Loop loop, std::string host, milliseconds limit) {
  error_code not_numeric;
  const auto numeric = asio::ip::make_address(host, not_numeric);
  if (!not_numeric) co_return std::vector<std::string>{numeric.to_string()};
  const auto state = std::make_shared<LookUp>(loop);
  state->done.expires_after(limit);
  begin(state, host);
  auto [waited] = co_await state->done.async_wait(asio::as_tuple(asio::use_awaitable));
  if (!state->error && waited) co_return Error{Code::kCancelled, "given up while resolving " + escaped(host, 120)};
  if (!state->error)
    co_return Error{Code::kTimeout,
                    "the name " + escaped(host, 120) + " does not resolve within " + duration_text(limit)};
  if (*state->error || state->addresses.empty()) co_return no_name(host, *state->error);
  co_return std::move(state->addresses);
}

Task<Result<Dialed>> dial(Loop loop, Endpoint endpoint, milliseconds limit) {
  if (!endpoint.path.empty()) co_return co_await dial_unix(loop, endpoint, limit);
  const auto until = steady_clock::now() + limit;
  RUNBOOK_CO_TRY(addresses, co_await look_up(loop, endpoint.host, limit));
  std::vector<std::string> reasons;
  bool all_expired = true;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto now = steady_clock::now();
    const auto share = (until - now) / static_cast<std::ptrdiff_t>(addresses.size() - i);
    const tcp::endpoint address(asio::ip::make_address(addresses[i]), endpoint.port);
    Dialed dialed{.socket = Socket(loop), .address = Endpoint{.host = addresses[i], .port = endpoint.port}.text()};
    const auto attempt = co_await connect(loop, dialed.socket, address, now + share);
    if (!attempt.error) {
      error_code ignored;
      dialed.socket.set_option(tcp::no_delay(true), ignored);
      co_return std::move(dialed);
    }
    if (attempt.error == asio::error::operation_aborted && !attempt.expired) {
      co_return Error{Code::kCancelled, "given up while connecting to " + endpoint.text()};
    }
    all_expired = all_expired && attempt.expired;
    reasons.push_back((addresses.size() > 1 ? addresses[i] + " " : "") + reason(attempt));
  }
  co_return tcp_error(endpoint, reasons, all_expired, limit);
}

}  // namespace runbook::net

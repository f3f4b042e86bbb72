#include "net/http.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/text.h"
#include "net/dial.h"
#include "net/http_transfer.h"

namespace runbook::net {

namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

double milliseconds_since(steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(steady_clock::now() - begin).count();
}

// Where its host is; nowhere for a unix socket, which has no name to look up.
Task<Result<std::vector<std::string>>> addresses_of(const Loop& loop, const HttpRequest& request) {
  if (request.origin.starts_with(kUnixOrigin)) co_return std::vector<std::string>();
  RUNBOOK_CO_TRY(endpoint, parse_host_port(request.origin.substr(request.origin.find("//") + 2)));
  co_return co_await look_up(loop, endpoint.host, request.limits.connect);
}

// Waits until it is done; false when it was silent for too long, and dropped.
Task<bool> wait_for(CurlLoop& curl, HttpTransfer& transfer, std::chrono::milliseconds idle) {
  auto& state = transfer.curl();
  while (!state.done) {
    state.settled.expires_at(transfer.last_byte() + idle);
    co_await state.settled.async_wait(kTuple);
    if (state.done || transfer.last_byte() + idle > steady_clock::now()) continue;
    curl.drop(state);
    co_return false;
  }
  co_return true;
}

}  // namespace

HttpClient::HttpClient(Loop loop, const guard::RequestGuard& guard)
    : loop_(std::move(loop)), guard_(guard), curl_(std::make_shared<CurlLoop>(loop_)) {}

HttpClient::~HttpClient() = default;

Task<Result<HttpResponse>> HttpClient::read(HttpRequest request) {
  co_return co_await exchange(std::move(request), nullptr);
}

Task<Result<HttpResponse>> HttpClient::change(HttpRequest request, const guard::Permit& permit) {
  co_return co_await exchange(std::move(request), &permit);
}

Task<Result<HttpResponse>> HttpClient::exchange(HttpRequest request, const guard::Permit* permit) {
  const guard::Request outgoing{.method = request.method,
                                .origin = request.origin,
                                .path = request.path,
                                .body = request.body,
                                .headers = request.headers};
  RUNBOOK_CO_CHECK(guard_.look(outgoing, permit));
  for (const auto& [name, value] : request.headers) {
    if (escaped(name) != name || escaped(value) != value || name.find(':') != std::string::npos)
      co_return Error{Code::kUsage, "the header " + escaped(name, 60) + " holds characters that no header may"};
  }
  const auto begin = steady_clock::now();
  const auto origin = request.origin;
  auto addresses = co_await addresses_of(loop_, request);
  if (!addresses) {
    unreachable_.insert_or_assign(origin, addresses.error());
    co_return addresses.error();
  }
  const auto resolved = milliseconds_since(begin);
  const auto idle = request.limits.idle;
  HttpTransfer transfer(loop_, std::move(request), *addresses, permit != nullptr);
  curl_->start(transfer.curl());
  const bool ended = co_await wait_for(*curl_, transfer, idle);
  auto result = ended ? transfer.result()
                      : Result<HttpResponse>(
                            Error{Code::kTimeout, escaped(origin, 120) + " said nothing for " + duration_text(idle)});
  unreachable_.erase(origin);
  if (!result) {
    auto error = std::move(result).error();
    if (!transfer.was_sent()) unreachable_.emplace(origin, error);
    if (permit == nullptr || !transfer.was_sent()) co_return error;
    co_return Error{Code::kInDoubt,
                    "it was sent and no whole answer came: " + error.message,
                    {},
                    "read the target again to see whether it took effect"};
  }
  auto& timing = result->timing;
  for (auto* time : {&timing.connected, &timing.secured, &timing.first_byte, &timing.total})
    *time += *time > 0 ? resolved : 0;
  timing.resolved = resolved;
  co_return result;
}

const Error* HttpClient::unreachable(std::string_view origin) const {
  const auto found = unreachable_.find(origin);
  return found == unreachable_.end() ? nullptr : &found->second;
}

}  // namespace runbook::net

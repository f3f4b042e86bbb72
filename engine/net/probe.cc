#include "net/probe.h"

#include "net/dial.h"

namespace runbook::net {

namespace {

using std::chrono::steady_clock;

double since(steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(steady_clock::now() - begin).count();
}

}  // namespace

Task<Result<Resolved>> probe_name(Loop loop, std::string host, std::chrono::milliseconds limit) {
  const auto begin = steady_clock::now();
  RUNBOOK_CO_TRY(addresses, co_await look_up(loop, host, limit));
  co_return Resolved{.addresses = std::move(addresses), .milliseconds = since(begin)};
}

Task<Result<Probed>> probe_connect(Loop loop, Endpoint endpoint, std::chrono::milliseconds limit) {
  const auto begin = steady_clock::now();
  RUNBOOK_CO_TRY(dialed, co_await dial(loop, endpoint, limit));
  co_return Probed{.address = std::move(dialed.address), .milliseconds = since(begin)};
}

}  // namespace runbook::net

// What scripts/bench psql measures with: trivial reads on one connection, by libpq's own loop and nothing around it
// (bare), and by our client with the whole gate around each (gate). Prints milliseconds. Usage: bench-postgres-loop
// bare|gate URL ROLE COUNT
#include <libpq-fe.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/postgres.h"

namespace {

using namespace runbook;

constexpr const char* kQuery = "SELECT 1";

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

double bare(const std::string& url, const std::string& role, int count) {
  PGconn* session = PQconnectdb((url + "&user=" + role).c_str());
  if (PQstatus(session) != CONNECTION_OK) return -1;
  const auto begin = Clock::now();
  for (int i = 0; i < count; ++i) {
    PGresult* result = PQexecParams(session, kQuery, 0, nullptr, nullptr, nullptr, nullptr, 0);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) return -1;
    PQclear(result);
  }
  const auto took = milliseconds_since(begin);
  PQfinish(session);
  return took;
}

Task<void> read(Loop loop, net::PostgresOptions options, int count, double& took) {
  const guard::PostgresGuard guard;
  auto connection = co_await net::PostgresConnection::connect(loop, std::move(options), guard);
  if (!connection) co_return;
  const auto begin = Clock::now();
  for (int i = 0; i < count; ++i) {
    auto batch = guard::read_batch(kQuery, {}, {});
    const auto answers = co_await (*connection)->look(std::move(*batch), std::chrono::seconds(5));
    if (!answers) co_return;
  }
  took = milliseconds_since(begin);
}

double gate(const std::string& url, const std::string& role, int count) {
  auto address = parse_postgres_url(url);
  if (!address) return -1;
  address->user = role;
  boost::asio::io_context loop(1);
  double took = -1;
  boost::asio::co_spawn(loop, read(loop.get_executor(), {.address = *address}, count, took), boost::asio::detached);
  loop.run();
  return took;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const int count = std::atoi(argv[4]);
  const auto took = std::string_view(argv[1]) == "bare" ? bare(argv[2], argv[3], count) : gate(argv[2], argv[3], count);
  std::printf("%.3f\n", took);
  return took >= 0 ? 0 : 1;
}

// TLS of the HTTP client: who is believed and who is not. The server is a Redis, which is asked for its certificate and
// speaks no HTTP.
#include "catch.h"
#include "guard/http.h"
#include "net/http.h"
#include "support/loop.h"
#include "support/redis_server.h"

using namespace runbook;
using test::RedisServer;

namespace {

Error error_of(const std::string& origin, const std::string& ca_file) {
  test::TestLoop loop;
  const guard::HttpGuard guard({origin});
  net::HttpClient client(loop.loop(), guard);
  const net::HttpRequest request{.origin = origin, .ca_file = ca_file};
  return loop.run(client.read(request)).error();
}

}  // namespace

TEST_CASE("HTTPS verifies the certificate and the host name, always") {
  const RedisServer server({}, RedisServer::Listen::kTls);
  const auto port = std::to_string(server.port());

  SECTION("a pinned authority and the right name: TLS is there, and what answers is no HTTP") {
    const auto error = error_of("https://localhost:" + port, server.ca_file());
    CHECK((error.code == Code::kProtocol || error.message.find("closed the connection") != std::string::npos));
  }
  SECTION("an unknown authority is refused") {
    const auto error = error_of("https://localhost:" + port, "");
    CHECK(error.code == Code::kUnreachable);
    CHECK(error.message == "the certificate of https://localhost:" + port + " is not accepted");
  }
  SECTION("another name of the same server is refused") {
    const auto error = error_of("https://127.0.0.1:" + port, server.ca_file());
    CHECK(error.code == Code::kUnreachable);
    CHECK(error.message.find("is not accepted") != std::string::npos);
  }
  SECTION("a CA file that is none is a configuration error") {
    CHECK(error_of("https://localhost:" + port, "/nowhere/ca.crt").code == Code::kConfig);
  }
}

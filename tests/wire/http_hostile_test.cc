// Servers that lead elsewhere, that send too much, and that send too slowly.
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <map>

#include "base/json.h"
#include "catch.h"
#include "guard/http.h"
#include "net/http.h"
#include "primitive/read/ask_http.h"
#include "support/odd_http_peer.h"
#include "support/permit_of.h"
#include "support/scripted_peer.h"

using namespace runbook;
using std::chrono::milliseconds;
using test::OddHttpPeer;
using test::Oddity;
using test::ScriptedPeer;
using test::Step;

namespace {

double taken_ms(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

constexpr milliseconds kDeadline(300);
constexpr double kLatest = 300 + 250;

net::HttpRequest patient(const std::string& origin) {
  net::HttpRequest request{.origin = origin};
  request.limits.idle = std::chrono::seconds(10);
  request.limits.connect = kDeadline;
  request.limits.total = kDeadline;
  return request;
}

// What came of a request, and that it came in time.
Result<net::HttpResponse> in_time(test::TestLoop& loop, const std::string& origin) {
  const guard::HttpGuard guard({origin});
  net::HttpClient client(loop.loop(), guard);
  Result<net::HttpResponse> answer = Error{};
  const auto took = taken_ms([&] { answer = loop.run(client.read(patient(origin))); });
  CHECK(took < kLatest);
  return answer;
}

long peak_kb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

}  // namespace

TEST_CASE("nothing secret goes to where a redirect leads") {
  const auto status = GENERATE(301, 302, 303, 307, 308);
  const auto where =
      GENERATE(std::string("same"), std::string("port"), std::string("host"), std::string("scheme"), std::string("//"));
  const auto method = GENERATE(std::string("GET"), std::string("POST"));
  CAPTURE(status, where, method);
  test::TestLoop loop;
  OddHttpPeer other(loop, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 1000, Oddity::kNone);
  const auto port = other.origin().substr(other.origin().rfind(':'));
  const std::map<std::string, std::string> targets = {{"same", "/elsewhere"},
                                                      {"port", other.origin() + "/"},
                                                      {"host", "http://localhost" + port + "/"},
                                                      {"scheme", "https://127.0.0.1" + port + "/"},
                                                      {"//", "//127.0.0.1" + port + "/"}};
  const auto reply = "HTTP/1.1 " + std::to_string(status) + " Found\r\nLocation: " + targets.at(where) +
                     "\r\nContent-Length: 0\r\n\r\n";
  OddHttpPeer peer(loop, reply, reply.size(), Oddity::kNone);
  const guard::HttpGuard guard({peer.origin(), other.origin()});
  net::HttpClient client(loop.loop(), guard);
  net::HttpRequest request{.method = method, .origin = peer.origin(), .body = method == "POST" ? "the body" : ""};
  request.headers = {{"Authorization", "Bearer s.4711"}, {"X-Vault-Token", "s.4711"}, {"Cookie", "session=s.4711"}};
  const auto permit = test::permit_of({{"POST", "/", "X-Vault-Token: s.4711", "Cookie: session=s.4711", "the body"}});
  auto sending = method == "GET" ? client.read(request) : client.change(request, permit);
  const auto answer = loop.run(std::move(sending)).value();
  CHECK(answer.status == status);
  CHECK(peer.heard().find("X-Vault-Token: s.4711") != std::string::npos);
  CHECK(peer.executions().at("") == 1);
  CHECK(other.connections() == 0);
}

TEST_CASE("who dribbles byte by byte is heard until the deadline and no longer") {
  const std::string headers = "HTTP/1.1 200 OK\r\n";
  const std::string body = headers + "Content-Length: 1000000\r\n\r\n";
  const auto [reply, cut] = GENERATE_COPY(std::pair(headers + "x: y\r\n", headers.size()),
                                          std::pair(body + "x", body.size()), std::pair(headers, std::size_t{0}));
  test::TestLoop loop;
  OddHttpPeer peer(loop, reply, cut, Oddity::kDribbles);
  const auto answer = in_time(loop, peer.origin());
  REQUIRE_FALSE(answer);
  CHECK((answer.error().code == Code::kTimeout || answer.error().code == Code::kProtocol));
  CHECK(peer.fired() == 1);
}

TEST_CASE("a black hole costs the deadline and no longer") {
  const int hole = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(bind(hole, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(listen(hole, 0) == 0);
  REQUIRE(getsockname(hole, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  std::vector<int> queue;  // who waits before us; the kernel drops whoever comes after
  for (int i = 0; i < 4; ++i) {
    queue.push_back(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    connect(queue.back(), reinterpret_cast<sockaddr*>(&address), size);
  }
  test::TestLoop loop;
  const auto answer = in_time(loop, "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Code::kTimeout);
  CHECK(answer.error().message.find("no connection") != std::string::npos);
  for (const int one : queue) close(one);
  close(hole);
}

TEST_CASE("what is too much costs neither memory nor time") {
  const auto before = peak_kb();
  SECTION("headers without end") {
    std::string all = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 200'000; ++i) all += "a" + std::to_string(i) + ": b\r\n";
    test::TestLoop loop;
    ScriptedPeer peer(loop, {{.wait_for = "\r\n\r\n", .send = all}});
    const guard::HttpGuard guard({"http://127.0.0.1:" + std::to_string(peer.port())});
    net::HttpClient client(loop.loop(), guard);
    net::HttpRequest request{.origin = "http://127.0.0.1:" + std::to_string(peer.port())};
    CHECK(loop.run(client.read(request)).error().code == Code::kLimit);
  }
  SECTION("JSON that nests, and JSON of many values") {
    net::HttpResponse response{.status = 200, .headers = {{"content-type", "application/json"}}, .body = {}};
    response.body = std::string(500'000, '[');
    CHECK(primitive::answer_value(response)["malformed"].text_or("") == "JSON nested too deeply");
    response.body = "[0" + std::string(500'000, ' ');
    for (int i = 0; i < 400'000; ++i) response.body += ",0";
    const auto took = taken_ms([&] { CHECK_FALSE(primitive::answer_value(response)["malformed"].is_null()); });
    CHECK(took < 1000);
  }
  CHECK(peak_kb() - before < 64 * 1024);
}

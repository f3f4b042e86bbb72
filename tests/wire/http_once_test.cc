// A change over HTTP is carried out at most once, whatever its server does after it has acted: closes, resets, stalls,
// at every byte of its answer. RUNBOOK_BUDGET asks for 2,000 trials of each kind.
#include <cstdlib>

#include "catch.h"
#include "guard/http.h"
#include "net/http.h"
#include "support/odd_http_peer.h"
#include "support/permit_of.h"

using namespace runbook;
using test::OddHttpPeer;
using test::Oddity;

namespace {

const std::string kReply = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";

// Short, where the peer falls silent and each trial waits for it; so short that a busy machine may use it up before the
// peer has got there.
constexpr std::chrono::milliseconds kPatience(20);

net::HttpRequest post(const std::string& origin, const std::string& key, std::chrono::milliseconds idle) {
  net::HttpRequest request{.method = "POST", .origin = origin, .path = "/do", .body = "now"};
  request.headers.emplace_back("Idempotency-Key", key);
  request.limits.idle = idle;
  request.limits.total = std::chrono::seconds(10);
  return request;
}

// One trial: reads first, so that there is a kept connection that could be misused, and then the change. False when the
// change was given up before the peer had fallen silent.
bool try_once(const std::string& key, std::size_t cut, Oddity oddity) {
  CAPTURE(key, cut, static_cast<int>(oddity));
  test::TestLoop loop;
  OddHttpPeer calm(loop, kReply, kReply.size(), Oddity::kNone);
  OddHttpPeer peer(loop, kReply, cut, oddity);
  const guard::HttpGuard guard({calm.origin(), peer.origin()});
  net::HttpClient client(loop.loop(), guard);
  net::HttpRequest read{.origin = calm.origin()};
  REQUIRE(loop.run(client.read(read)));
  const auto permit = test::permit_of({{"POST", "/do", "now"}}, key);
  const bool stalls = oddity == Oddity::kStalls;
  const auto answer = loop.run(client.change(post(peer.origin(), key, stalls ? kPatience : kPatience * 100), permit));
  if (stalls && peer.fired() == 0) {
    REQUIRE_FALSE(answer);
    REQUIRE(peer.executions().size() <= 1);
    return false;
  }
  REQUIRE(peer.fired() == 1);
  REQUIRE(peer.executions() == std::map<std::string, int>{{key, 1}});
  REQUIRE(peer.connections() == 1);
  if (cut == kReply.size() && answer) {
    REQUIRE(answer->body == "hello");
  } else {
    REQUIRE_FALSE(answer);
    REQUIRE(answer.error().code == Code::kInDoubt);
  }
  return true;
}

}  // namespace

TEST_CASE("whatever happens after the server has acted, it acts once, and what is not answered is in doubt") {
  const auto oddity = GENERATE(Oddity::kCloses, Oddity::kResets, Oddity::kStalls);
  const std::size_t trials = std::getenv("RUNBOOK_BUDGET") != nullptr ? 2000 : kReply.size() + 1;
  std::size_t void_ones = 0;
  for (std::size_t trial = 0; trial < trials; ++trial) {
    while (!try_once("key-" + std::to_string(trial), trial % (kReply.size() + 1), oddity)) REQUIRE(++void_ones < 50);
  }
}

TEST_CASE("a kept connection that dies when it is used again is a second try of a read, and never of a change") {
  test::TestLoop loop;
  OddHttpPeer peer(loop, kReply, kReply.size(), Oddity::kCloses);  // closes behind each answer, which keeps it alive
  const guard::HttpGuard guard({peer.origin()});
  net::HttpClient client(loop.loop(), guard);
  net::HttpRequest read{.origin = peer.origin()};
  REQUIRE(loop.run(client.read(read)));
  for (int change = 1; change <= 5; ++change) {
    const auto key = "key-" + std::to_string(change);
    const auto permit = test::permit_of({{"POST", "/do", "now"}}, key);
    const auto answer = loop.run(client.change(post(peer.origin(), key, kPatience * 100), permit));
    CAPTURE(change);
    CHECK(peer.executions().at(key) == 1);
    CHECK((answer.has_value() || answer.error().code == Code::kInDoubt));
  }
  CHECK(peer.fired() == 6);
}

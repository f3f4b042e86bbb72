// The HTTP client against peers that say what they are told to.
#include <chrono>
#include <cstdlib>
#include <functional>

#include "base/text.h"
#include "catch.h"
#include "guard/http.h"
#include "net/http.h"
#include "support/permit_of.h"
#include "support/scripted_peer.h"

using namespace runbook;
using std::chrono::milliseconds;
using test::ScriptedPeer;
using test::Step;

namespace {

std::string answer(const std::string& body, const std::string& more = {}) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + more + "\r\n" + body;
}

struct World {
  explicit World(std::vector<Step> steps)
      : peer(loop, std::move(steps)),
        origin("http://127.0.0.1:" + std::to_string(peer.port())),
        guard({origin}),
        client(loop.loop(), guard) {}

  net::HttpRequest request(const std::string& path = "/") const {
    net::HttpRequest out{.origin = origin, .path = path};
    out.limits.idle = milliseconds(400);
    out.limits.total = milliseconds(1500);
    return out;
  }
  Result<net::HttpResponse> get(const std::string& path = "/") { return loop.run(client.read(request(path))); }

  test::TestLoop loop;
  ScriptedPeer peer;
  std::string origin;
  guard::HttpGuard guard;
  net::HttpClient client;
};

// gzip of zeros: one literal, and then its repeat, 258 bytes in 13 bits. The checksum is never reached.
std::string gzip_of_zeros(std::size_t size) {
  std::string out("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
  unsigned pending = 0;
  unsigned filled = 0;
  const auto put = [&](unsigned bits, unsigned count) {
    pending |= bits << filled;
    for (filled += count; filled >= 8; filled -= 8, pending >>= 8) out += static_cast<char>(pending & 0xFFU);
  };
  put(0b011, 3);       // the last block, with the fixed code
  put(0b00001100, 8);  // the literal 0
  for (std::size_t told = 1; told < size; told += 258) put(0b00000'10100011, 13);
  put(0, 7 + 8);  // the end
  return out + std::string(8, '\0');
}

// Answers whoever comes, and counts connections.
class Counter {
 public:
  explicit Counter(test::TestLoop& loop) : state_(std::make_shared<State>(loop.io())) {
    boost::asio::co_spawn(loop.io(), accept(state_), boost::asio::detached);
  }
  ~Counter() {
    boost::system::error_code ignored;
    state_->acceptor.close(ignored);
  }
  Counter(const Counter&) = delete;
  Counter& operator=(const Counter&) = delete;

  std::string origin() const { return "http://127.0.0.1:" + std::to_string(state_->acceptor.local_endpoint().port()); }
  std::size_t connections() const { return state_->connections; }

 private:
  using tcp = boost::asio::ip::tcp;
  static constexpr auto kTuple = boost::asio::as_tuple(boost::asio::use_awaitable);
  struct State {
    explicit State(boost::asio::io_context& io)
        : acceptor(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)) {}
    tcp::acceptor acceptor;
    std::size_t connections = 0;
  };

  static Task<void> accept(std::shared_ptr<State> state) {
    for (;;) {
      auto [error, socket] = co_await state->acceptor.async_accept(kTuple);
      if (error) co_return;
      ++state->connections;
      boost::asio::co_spawn(state->acceptor.get_executor(), serve(std::move(socket)), boost::asio::detached);
    }
  }
  static Task<void> serve(tcp::socket socket) {
    const auto said = answer("ok");
    std::string heard;
    char chunk[4096];
    for (;;) {
      auto [error, n] = co_await socket.async_read_some(boost::asio::buffer(chunk), kTuple);
      if (error) co_return;
      heard.append(chunk, n);
      if (!heard.ends_with("\r\n\r\n")) continue;
      heard.clear();
      co_await boost::asio::async_write(socket, boost::asio::buffer(said), kTuple);
    }
  }

  std::shared_ptr<State> state_;
};

double taken_ms(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

TEST_CASE("an answer has its status, headers, body and the time of each step") {
  World world(std::vector<Step>{{.wait_for = "\r\n\r\n", .send = answer("hello", "X-One: a\r\nx-two:  b \r\n")}});
  const auto response = world.get("/a?b=c").value();
  CHECK(response.status == 200);
  CHECK(response.body == "hello");
  CHECK(response.headers[1] == std::pair<std::string, std::string>{"x-one", "a"});
  CHECK(response.headers[2] == std::pair<std::string, std::string>{"x-two", "b"});
  CHECK("http://" + response.peer == world.origin);
  CHECK(response.timing.connected > 0);
  CHECK(response.timing.total >= response.timing.first_byte);
  CHECK(world.peer.heard().starts_with("GET /a?b=c HTTP/1.1\r\n"));
}

TEST_CASE("reads keep their connection") {
  World world(std::vector<Step>{{.wait_for = "\r\n\r\n", .send = answer("one")},
                                {.wait_for = "\r\n\r\n", .send = answer("two")}});
  CHECK(world.get().value().body == "one");
  CHECK(world.get().value().body == "two");  // the peer takes one client only
}

TEST_CASE("many reads at once, on connections that are kept; a change on one of its own") {
  test::TestLoop loop;
  Counter counter(loop);
  const guard::HttpGuard guard({counter.origin()});
  net::HttpClient client(loop.loop(), guard);
  const net::HttpRequest request{.origin = counter.origin()};
  std::vector<Task<Result<net::HttpResponse>>> tasks;
  for (int i = 0; i < 50; ++i) tasks.push_back(client.read(request));
  for (const auto& response : loop.run_all(std::move(tasks))) REQUIRE(response.value().status == 200);
  const auto connections = counter.connections();
  CHECK(connections <= 50);
  REQUIRE(loop.run(client.read(request)).has_value());
  CHECK(counter.connections() == connections);
  net::HttpRequest change{.method = "POST", .origin = counter.origin()};
  for (std::size_t more = 1; more <= 2; ++more) {
    const auto permit = test::permit_of({{"POST", "/", ""}});
    REQUIRE(loop.run(client.change(change, permit)).has_value());
    CHECK(counter.connections() == connections + more);
  }
  REQUIRE(loop.run(client.read(request)).has_value());
  CHECK(counter.connections() == connections + 2);
}

TEST_CASE("a redirect is the answer, and nobody follows it") {
  const auto status = GENERATE(301, 302, 303, 307, 308);
  World world(std::vector<Step>{{.wait_for = "\r\n\r\n",
                                 .send = "HTTP/1.1 " + std::to_string(status) +
                                         " Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"}});
  auto request = world.request();
  request.headers = {{"X-Vault-Token", "s.4711"}};
  const auto response = world.loop.run(world.client.read(request)).value();
  CHECK(response.status == status);
  CHECK(world.peer.heard().find("X-Vault-Token: s.4711\r\n") != std::string::npos);
}

TEST_CASE("a peer that says nothing costs its deadline and 250 ms") {
  World world(std::vector<Step>{{.wait_for = "never"}});
  Result<net::HttpResponse> response = Error{};
  const auto took = taken_ms([&] { response = world.get(); });
  CHECK(response.error().code == Code::kTimeout);
  CHECK(response.error().message.find("said nothing for 400 ms") != std::string::npos);
  CHECK(took < 650);
}

TEST_CASE("an answer that trickles ends with the whole deadline") {
  std::vector<Step> steps{{.wait_for = "\r\n\r\n",
                           .send = "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + std::string(1000, 'x')}};
  World world(std::move(steps));
  auto request = world.request();
  request.limits.idle = milliseconds(10'000);
  Result<net::HttpResponse> response = Error{};
  const auto took = taken_ms([&] { response = world.loop.run(world.client.read(request)); });
  CHECK(response.error().code == Code::kTimeout);
  CHECK(took < 1750);
}

TEST_CASE("an answer that is cut at any byte is an error, of a change one in doubt") {
  const auto whole = answer("hello");
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    World world(std::vector<Step>{{.wait_for = "\r\n\r\n", .send = whole.substr(0, cut), .close = true}});
    const auto response = world.get();
    CAPTURE(cut);
    REQUIRE_FALSE(response);
    CHECK((response.error().code == Code::kUnreachable || response.error().code == Code::kProtocol));
  }
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    World world(std::vector<Step>{{.wait_for = "hi", .send = whole.substr(0, cut), .close = true}});
    auto request = world.request("/do");
    request.method = "POST";
    request.body = "hi";
    const auto permit = test::permit_of({{"POST", "/do", "hi"}});
    const auto response = world.loop.run(world.client.change(request, permit));
    CAPTURE(cut);
    REQUIRE_FALSE(response);
    CHECK(response.error().code == Code::kInDoubt);
    const auto heard = world.peer.heard();
    CHECK(heard.find("POST /do") == heard.rfind("POST /do"));
  }
}

TEST_CASE("a change that reaches nobody is not in doubt") {
  World world(std::vector<Step>{});
  auto request = world.request("/do");
  request.method = "POST";
  request.origin = "http://127.0.0.1:1";
  const guard::HttpGuard guard({request.origin});
  net::HttpClient client(world.loop.loop(), guard);
  const auto permit = test::permit_of({{"POST", "/do", ""}});
  CHECK(world.loop.run(client.change(request, permit)).error().code == Code::kUnreachable);
}

TEST_CASE("bombs of all kinds end at their limit") {
  SECTION("a body without end") {
    std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
    std::string all = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 40; ++i) all += chunk;
    World world(std::vector<Step>{{.wait_for = "\r\n\r\n", .send = all}});
    auto request = world.request();
    request.limits.body = 1U << 20U;
    CHECK(world.loop.run(world.client.read(request)).error().code == Code::kLimit);
  }
  SECTION("a million headers") {
    std::string all = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 1'000'000; ++i) all += "a: b\r\n";
    World world(std::vector<Step>{{.wait_for = "\r\n\r\n", .send = all}});
    CHECK(world.get().error().code == Code::kLimit);
  }
  SECTION("a megabyte in six kilobytes of gzip") {
    World world(std::vector<Step>{
        {.wait_for = "\r\n\r\n", .send = answer(gzip_of_zeros(1U << 20U), "Content-Encoding: gzip\r\n")}});
    auto request = world.request();
    request.limits.body = 64U << 10U;
    CHECK(world.loop.run(world.client.read(request)).error().code == Code::kLimit);
    World roomy(
        std::vector<Step>{{.wait_for = "\r\n\r\n", .send = answer(gzip_of_zeros(1000), "Content-Encoding: gzip\r\n")}});
    CHECK(roomy.get().error().message.find("longer") == std::string::npos);  // or the limit was not what ended it
  }
}

TEST_CASE("addresses that tell a cloud machine's secrets are never asked") {
  World world(std::vector<Step>{});
  for (const std::string host : {"169.254.169.254", "[fd00:ec2::254]", "[::ffff:169.254.169.254]"}) {
    auto request = world.request("/latest/meta-data/");
    request.origin = "http://" + host + ":80";
    const guard::HttpGuard guard({request.origin});
    net::HttpClient client(world.loop.loop(), guard);
    const auto refused = world.loop.run(client.read(request));
    CAPTURE(host);
    CHECK(refused.error().text() ==
          request.origin + " leads to an address at which clouds tell a machine its secrets; it is never asked");
  }
}

TEST_CASE("the environment's proxy is not asked") {
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  World world(std::vector<Step>{{.wait_for = "\r\n\r\n", .send = answer("direct")}});
  CHECK(world.get().value().body == "direct");
  unsetenv("http_proxy");
}

TEST_CASE("what is no HTTP is said to be none") {
  World world(std::vector<Step>{{.wait_for = "\r\n\r\n", .send = "-ERR unknown command\r\n", .close = true}});
  CHECK(world.get().error().code == Code::kProtocol);
}

TEST_CASE("without a permit nothing but reads of declared origins is sent") {
  World world(std::vector<Step>{});
  auto request = world.request();
  request.method = "POST";
  CHECK(world.loop.run(world.client.read(request)).error().code == Code::kRefused);
  request = world.request();
  request.headers = {{"X-One", "a\r\nX-Two: b"}};
  CHECK(world.loop.run(world.client.read(request)).error().code == Code::kUsage);
  request = world.request();
  request.origin = "http://127.0.0.1:2";
  CHECK(world.loop.run(world.client.read(request)).error().message.find("no target of this run is there") !=
        std::string::npos);
  CHECK(world.peer.heard().empty());
}

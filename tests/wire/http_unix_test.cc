// The HTTP client over a unix socket.
#include <sys/stat.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>

#include "catch.h"
#include "net/http.h"
#include "support/loop.h"
#include "support/temp_dir.h"

using namespace runbook;

namespace {

namespace asio = boost::asio;
using asio::local::stream_protocol;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

// Answers one request, and keeps what it was.
Task<void> answer_one(std::shared_ptr<stream_protocol::acceptor> acceptor, std::string& heard) {
  auto [error, socket] = co_await acceptor->async_accept(kTuple);
  if (error) co_return;
  co_await asio::async_read_until(socket, asio::dynamic_buffer(heard), "\r\n\r\n", kTuple);
  const std::string said = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
  co_await asio::async_write(socket, asio::buffer(said), kTuple);
}

class AnyRequest final : public guard::RequestGuard {
  Result<> look(const guard::Request& request, const guard::Permit* /*permit*/) const override {
    seen_ = std::string(request.origin) + std::string(request.path);
    return {};
  }

 public:
  mutable std::string seen_{};
};

struct World {
  test::TempDir directory;
  test::TestLoop loop;
  AnyRequest guard;
  net::HttpClient client{loop.loop(), guard};
  std::string socket = (directory.path() / "d.sock").string();

  Result<net::HttpResponse> get(const std::string& path) {
    return loop.run(client.read(net::HttpRequest{.origin = "unix://" + socket, .path = path}));
  }
};

}  // namespace

TEST_CASE("a server behind a unix socket is asked like any other") {
  World world;
  std::string heard;
  const auto acceptor =
      std::make_shared<stream_protocol::acceptor>(world.loop.io(), stream_protocol::endpoint(world.socket));
  asio::co_spawn(world.loop.io(), answer_one(acceptor, heard), asio::detached);
  const auto response = world.get("/v1.41/version?a=b").value();
  CHECK(response.status == 200);
  CHECK(response.body == "hi");
  CHECK(response.peer == "unix://" + world.socket);
  CHECK(heard.starts_with("GET /v1.41/version?a=b HTTP/1.1\r\nHost: localhost\r\n"));
  CHECK(world.guard.seen_ == "unix://" + world.socket + "/v1.41/version?a=b");
}

TEST_CASE("a socket that nobody listens at is told by what the system said") {
  World world;
  CHECK(world.get("/").error().text() == "no connection to unix://" + world.socket + ": No such file or directory");
  { const stream_protocol::acceptor gone(world.loop.io(), stream_protocol::endpoint(world.socket)); }
  CHECK(world.get("/").error().text() == "no connection to unix://" + world.socket + ": Connection refused");
  CHECK(world.get("/").error().code == Code::kUnreachable);
}

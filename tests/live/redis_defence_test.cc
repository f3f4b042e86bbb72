// Two lists keep a change from passing: the primitives' effect list and the guard. This program is linked four times:
// as it is, without the one, without the other (both must hold), and without both, where it must fail, or it would
// prove nothing.
#include "catch.h"
#include "primitive/reach.h"
#include "primitive/read/read_rows.h"
#include "support/loop.h"
#include "support/redis_server.h"
#include "support/target.h"

using namespace runbook;

TEST_CASE("a change dressed up as a read does not reach the server") {
  const test::RedisServer server;
  server.cli({"SET", "precious", "v"});
  test::TestLoop loop;
  primitive::Guards guards;
  primitive::Reach reach(
      loop.loop(), [](std::string_view) -> Result<std::string> { return std::string(); }, guards);
  const auto target = test::redis_target("cache", server.url());
  const Value flush = Value::Map{{"argv", Value::List{"FLUSHALL"}}};
  const auto reply = loop.run(primitive::find_read_row("redis.read")->read(reach, target, flush));
  CHECK_FALSE(reply.has_value());
  CHECK(server.cli({"EXISTS", "precious"}) == "1\n");
  CHECK(server.cli({"INFO", "commandstats"}).find("cmdstat_flushall") == std::string::npos);
}

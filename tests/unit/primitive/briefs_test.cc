// What people see of an answer in one line.
#include "base/json.h"
#include "catch.h"
#include "primitive/read/read_rows.h"
#include "safety/brief.h"

using namespace runbook;

namespace {

std::string line(std::string_view row, const char* answer) {
  return safety::brief(primitive::find_read_row(row), *parse_json(answer));
}

}  // namespace

TEST_CASE("a reading that is well known is told as somebody on call would tell it") {
  CHECK(line("redis.info", R"({"used":16777216,"maxmemory":33554432,"policy":"noeviction"})") ==
        "16 MiB of 32 MiB, noeviction");
  CHECK(line("docker.ps", R"({"count":3,"by_status":{"exited":1,"running":2},"containers":[]})") ==
        "3 containers, 1 exited, 2 running");
  CHECK(line("docker.events", R"({"count":3,"events":[{"event":"oom"},{"event":"die"},{"event":"oom"}]})") ==
        "3 events, 1 die, 2 oom");
  CHECK(line("container.state",
             R"({"status":"exited","exit_code":137,"oom_killed":true,"restarts":2,"image":"shop/api:4"})") ==
        "exited with 137, out of memory, restarted 2 times, shop/api:4");
  CHECK(line("container.can_reach", R"({"reachable":false,"address":"cache:6379","why":"timed out"})") ==
        "cache:6379 is NOT reached: timed out");
  CHECK(line("container.previous_image", R"({"current":{"tags":["shop/api:5"]},"previous":{"tags":["shop/api:4"]}})") ==
        "shop/api:5, before it shop/api:4");
  CHECK(line("prometheus.query", R"({"value":0.5,"total":1,"warnings":["slow"]})") == "0.5, warns: slow");
  CHECK(line("health.deep", R"({"status":"down","down":["db","cache"],"http_status":503,"ms":4})") ==
        "down, down: db, cache (503 in 4 ms)");
}

TEST_CASE("of any other the first members are told, and of an unknown row too") {
  CHECK(line("redis.time", R"({"server_ms":1,"skew_ms":2})") == "server_ms=1 skew_ms=2");
  CHECK(line("nobody.knows", R"({"a":1,"b":[1,2],"c":{"d":1},"e":null,"f":5})") ==
        "a=1 b=2 entries c=1 members e=nothing …");
  CHECK(line("nobody.knows", "\"as it is\"") == "as it is");
  CHECK(line("nobody.knows", "{}") == "none");
}

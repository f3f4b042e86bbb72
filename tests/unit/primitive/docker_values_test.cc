#include "primitive/read/docker_values.h"

#include "base/json.h"
#include "catch.h"

using namespace runbook;
using namespace runbook::primitive;

TEST_CASE("times of docker are read to the millisecond, and its never is none") {
  CHECK(parse_utc("1970-01-01T00:00:01Z") == 1000);
  CHECK(parse_utc("2026-11-21T12:40:02.075511034Z").value() == Approx(1'795'264'802'075.511));
  for (const std::string text : {"0001-01-01T00:00:00Z", "", "now", "2026-11-21 12:40:02Z", "2026-11-21T12:40:02+01:00",
                                 "2026-11-21T12:40:02.Zx", "2026-1x-21T12:40:02Z", "2026-11-21T12:40:02;075Z"}) {
    INFO(text);
    CHECK_FALSE(parse_utc(text));
  }
}

TEST_CASE("a container was kept when its name says so with its own id, whatever people call theirs") {
  const std::string id = "25fcfaf60c7f" + std::string(52, '0');
  CHECK(is_kept("web.before-25fcfaf60c7f", id, "web"));
  CHECK(is_kept("web.after-25fcfaf60c7f", id, "web"));
  for (const std::string name :
       {"web.before-x", "web.before-25fcfaf60c7", "web.before-25fcfaf60c7f0", "web.before-", "web", "web.next",
        "webs.before-25fcfaf60c7f", "web.during-25fcfaf60c7f", "web.before-a5fcfaf60c7f", "/web.before-25fcfaf60c7f"}) {
    INFO(name);
    CHECK_FALSE(is_kept(name, id, "web"));
  }
  CHECK_FALSE(is_kept("web.before-", "", "web"));
  CHECK_FALSE(is_kept("web.before-25", "25", "web"));
}

TEST_CASE("of an environment the names are given, never what they are set to") {
  const Value list = Value::List{"B=2", "A=1=1", "EMPTY="};
  CHECK(to_json(environment_keys(list)) == R"({"A":true,"B":true,"EMPTY":true})");
  CHECK(to_json(hidden_environment(list)) == R"({"A":{"$hidden":"1=1"},"B":{"$hidden":"2"},"EMPTY":{"$hidden":""}})");
}

TEST_CASE("a daemon that answers nonsense makes an odd state, never a crash") {
  for (const std::string text :
       {"null", "[]", "7", R"({"State":7,"Config":[],"HostConfig":"x","Mounts":{},"Args":"y"})",
        R"({"State":{"Health":{"Status":"x","Log":[7,null,{}]}},"Mounts":[7],"Name":7})"}) {
    const auto value = parse_json(text).value();
    CHECK(container_state(value, 0).contains("status"));
    CHECK(container_stats(value).contains("cpu_percent"));
  }
}

TEST_CASE("a container is up since its start, by the daemon's clock") {
  const auto inspect =
      parse_json(R"({"State":{"Running":true,"StartedAt":"2026-11-21T12:40:02.9Z"},"Name":"/api"})").value();
  CHECK(container_state(inspect, 1'795'264'813'000).at("up_seconds") == Value(10));
  CHECK(container_state(inspect, 1'795'264'813'000).at("name") == Value("api"));
  CHECK_FALSE(container_state(inspect, 0).contains("up_seconds"));
  CHECK_FALSE(container_state(inspect, 0).contains("age_seconds"));
  const auto made = parse_json(R"({"Created":"2026-11-21T12:40:02.9Z"})").value();
  CHECK(container_state(made, 1'795'264'813'000).at("age_seconds") == Value(10));
  CHECK(container_state(made, 1'795'264'802'000).at("age_seconds") == Value(0));  // its clock counts in seconds here
}

TEST_CASE("memory in use is without what the kernel gives back, and processors count from one reading to the next") {
  const auto stats = parse_json(R"({"memory_stats":{"usage":1000,"limit":4000,"stats":{"inactive_file":200}},
    "cpu_stats":{"cpu_usage":{"total_usage":300},"system_cpu_usage":2000,"online_cpus":2},
    "precpu_stats":{"cpu_usage":{"total_usage":100},"system_cpu_usage":1000},
    "blkio_stats":{"io_service_bytes_recursive":[{"op":"Read","value":5},{"op":"read","value":6},{"op":"Write","value":7}]},
    "networks":{"eth0":{"rx_bytes":1,"tx_bytes":2},"eth1":{"rx_bytes":3,"tx_bytes":4}}})")
                         .value();
  const auto out = container_stats(stats);
  CHECK(out.at("memory_used") == Value(800));
  CHECK(out.at("memory_percent") == Value(20));
  CHECK(out.at("cpu_percent") == Value(40));
  CHECK(out.at("read_bytes") == Value(11));
  CHECK(out.at("received_bytes") == Value(4));
}

#include "primitive/read/health_document.h"

#include "base/json.h"
#include "catch.h"

using namespace runbook;

namespace {

Value health(std::string_view json, int status = 200) {
  return primitive::parse_health(parse_json(json).value(), status);
}

std::string said(std::string_view json, int status = 200) { return to_json(health(json, status)); }

}  // namespace

TEST_CASE("Spring Boot's components, also those within others") {
  CHECK(said(R"({"status":"DOWN","components":{"db":{"status":"UP","details":{"database":"PostgreSQL"}},
                 "brokers":{"status":"DOWN","components":{"rabbit":{"status":"DOWN","details":{"error":"refused"}}}}}})",
             503) ==
        R"({"components":{"brokers":{"status":"down"},"brokers/rabbit":{"error":"refused","status":"down"},)"
        R"("db":{"status":"up"}},"down":["brokers","brokers/rabbit"],"status":"down"})");
}

TEST_CASE("health+json, where the worst of several measurements counts") {
  const auto value = health(
      R"({"status":"warn","checks":{"redis:responseTime":[{"status":"pass","observedValue":3,"observedUnit":"ms"},
      {"status":"fail","output":"timed out","observedValue":2,"observedUnit":"s"}],"uptime":[{"status":"pass"}]}})");
  CHECK(to_json(value["components"]["redis:responseTime"]) == R"({"error":"timed out","ms":2000,"status":"down"})");
  CHECK(value["status"] == Value("degraded"));
  CHECK(to_json(value["down"]) == R"(["redis:responseTime"])");
}

TEST_CASE("services by name, a list of dependencies, and flat maps") {
  CHECK(
      said(R"({"status":"degraded","services":{"redis":{"status":"down","error":"no route","latency_ms":12}}})") ==
      R"({"components":{"redis":{"error":"no route","ms":12,"status":"down"}},"down":["redis"],"status":"degraded"})");
  CHECK(
      said(
          R"({"healthy":true,"dependencies":[{"name":"redis","healthy":false,"latency":"1.5s"},{"name":"db","healthy":true}]})") ==
      R"({"components":{"db":{"status":"up"},"redis":{"ms":1500,"status":"down"}},"down":["redis"],"status":"degraded"})");
  CHECK(said(R"({"database":"ok","redis":"error","version":"1.2"})") ==
        R"({"components":{"database":{"status":"up"},"redis":{"status":"down"}},"down":["redis"],"status":"down"})");
  CHECK(
      said(R"({"checks":{"database":true,"redis":"connection refused"}})") ==
      R"({"components":{"database":{"status":"up"},"redis":{"error":"connection refused","status":"unknown"}},"down":[],)"
      R"("status":"unknown"})");
}

TEST_CASE("what is not known to be well is not up") {
  CHECK(health(R"({"status":"sideways"})")["status"] == Value("unknown"));
  CHECK(health(R"({"version":"1.2"})")["status"] == Value("unknown"));
  CHECK(health("[]")["status"] == Value("unknown"));
  CHECK(health(R"({"status":"ok"})", 500)["status"] == Value("down"));
  CHECK(health(R"({"status":"ok","components":{"a":{"status":"down"}}})")["status"] == Value("degraded"));
  CHECK(primitive::plain_health("<html>welcome</html>", 200)["status"] == Value("unknown"));
  CHECK(primitive::plain_health("OK\n", 200)["status"] == Value("up"));
  CHECK(primitive::plain_health("", 204)["status"] == Value("up"));
  CHECK(primitive::plain_health("", 302)["status"] == Value("unknown"));
  CHECK(primitive::plain_health("OK", 503)["status"] == Value("down"));
}

TEST_CASE("a document without end gives two hundred components") {
  Value many = Value::Map{};
  for (int i = 0; i < 5000; ++i) many["c" + std::to_string(i)] = "down";
  const auto value = primitive::parse_health(Value::Map{{"checks", many}}, 200);
  CHECK(value["components"].members().size() == 200);
  CHECK(value["down"].items().size() == 200);
}

#include "base/json.h"

#include <limits>

#include "catch.h"

using runbook::parse_json;
using runbook::to_json;
using runbook::Value;

TEST_CASE("canonical JSON sorts members and writes whole numbers as integers") {
  const Value value = Value::Map{{"b", 2}, {"a", Value::List{1.5, true, Value(), "x\n\"\\\x01"}}, {"zero", -0.0}};
  CHECK(to_json(value) == R"({"a":[1.5,true,null,"x\n\"\\\u0001"],"b":2,"zero":0})");
}

TEST_CASE("what is written reads back the same, also bytes that are no text") {
  const Value value = Value::Map{{"n", 0.1}, {"raw", std::string("\xff\x00\x80", 3)}, {"empty", Value::List{}}};
  CHECK(to_json(value) == R"({"empty":[],"n":0.1,"raw":{"$base64":"/wCA"}})");
  CHECK(parse_json(to_json(value)).value() == value);
}

TEST_CASE("a JSON that is too deep, too large or malformed is refused without a crash") {
  CHECK(parse_json(std::string(1U << 20U, '[')).error().code == runbook::Code::kLimit);
  CHECK(parse_json("[1,2,3]", {.nodes = 3}).error().code == runbook::Code::kLimit);
  CHECK(parse_json("[1,2", {}).error().code == runbook::Code::kProtocol);
  CHECK(parse_json("{} x", {}).error().code == runbook::Code::kProtocol);
}

TEST_CASE("not-a-number is found wherever it hides") {
  CHECK_FALSE(runbook::is_finite(Value::Map{{"a", Value::List{std::numeric_limits<double>::quiet_NaN()}}}));
  CHECK(runbook::is_finite(Value::Map{{"a", Value::List{1}}}));
}

TEST_CASE("what is written, parsed and written again is the same text, also for data that looks like our notation") {
  const Value odd = Value::Map{{"fake", Value::Map{{"$base64", "YWJj"}}}, {"\xff", 1}, {"z", 2}, {"\\xff", 3}};
  CHECK(to_json(odd) == R"({"\\xff":1,"fake":{"$base64":"YWJj"},"z":2})");
  CHECK(to_json(parse_json(to_json(odd)).value()) == to_json(odd));
}

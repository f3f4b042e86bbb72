#include "safety/check.h"

#include "catch.h"

using namespace runbook;
using namespace runbook::safety;

namespace {

bool holds(const std::string& compare, const Value& found, const Value& operand, const Value& first = {}) {
  const Check check{
      .call = {.row = "redis.ping", .target = "x", .args = {}}, .path = {}, .compare = compare, .operand = operand};
  return evaluate(check, Result<Value>(found), first).holds;
}

}  // namespace

TEST_CASE("comparisons hold for what they say and for nothing of another type") {
  CHECK(holds("is", "PONG", "PONG"));
  CHECK_FALSE(holds("is", "1", 1));
  CHECK(holds("is_not", "a", "b"));
  CHECK_FALSE(holds("is_not", Value(), "b"));
  CHECK(holds("at_least", 2, 2));
  CHECK_FALSE(holds("at_least", "2", 2));
  CHECK(holds("at_most", 2, 2));
  CHECK(holds("below", 1, 2));
  CHECK_FALSE(holds("below", 2, 2));
  CHECK(holds("above", 3, 2));
  CHECK_FALSE(holds("above", 2, 2));
  CHECK_FALSE(holds("above", Value(), 2));
  CHECK_FALSE(holds("below", 1, "much"));
  CHECK(holds("has", "hello", "ell"));
  CHECK(holds("has", Value::List{"a", "b"}, "b"));
  CHECK(holds("has", Value::Map{{"a", 1}}, "a"));
  CHECK_FALSE(holds("has", 5, 5));
  CHECK_FALSE(holds("has", "5", 5));
  CHECK_FALSE(holds("has", Value::Map{{"5", 1}}, 5));
  CHECK(holds("matches", "7.0.15", "7.*"));
  CHECK_FALSE(holds("matches", "6.2", "7.*"));
  CHECK_FALSE(holds("matches", 7, "7*"));
  CHECK_FALSE(holds("matches", "7", 7));
  CHECK(holds("has_not", "hello", "x"));
  CHECK_FALSE(holds("has_not", Value::List{"a", "b"}, "b"));
  CHECK_FALSE(holds("has_not", Value(), "b"));
  CHECK(holds("is_absent", Value(), Value()));
  CHECK_FALSE(holds("is_absent", 0, Value()));
}

TEST_CASE("an amount with a unit is compared with a number or with text that has one, too") {
  const auto compares = [](const std::string& compare, const Value& found, const Value& operand,
                           const std::string& name) {
    const Check check{
        .call = {.row = "r", .target = "x", .args = {}}, .path = {name}, .compare = compare, .operand = operand};
    return evaluate(check, Result<Value>(Value::Map{{name, found}}), {}).holds;
  };
  CHECK(compares("below", 1023, "1kb", "used"));
  CHECK_FALSE(compares("below", 1024, "1kb", "used"));
  CHECK(compares("at_least", "2gb", "512mb", "limit"));
  CHECK(compares("below", 1999, "2s", "ms"));
  CHECK_FALSE(compares("below", 2001, "2s", "skew_ms"));
  CHECK(compares("above", 601, "10m", "uptime_in_seconds"));
  CHECK(compares("at_most", "1500ms", "2s", "latency"));
  CHECK(compares("below", 5, 6, "ms"));
  SECTION("what cannot be compared does not hold, either way") {
    for (const auto* compare : {"below", "above"}) {
      CHECK_FALSE(compares(compare, 5, "2s", "age"));
      CHECK_FALSE(compares(compare, "5gb", "2s", "ms"));
      CHECK_FALSE(compares(compare, "2s", 2, "ms"));
    }
  }
}

TEST_CASE("what is reported as not found is absent, and what could not be read is not") {
  const Check check{.call = {.row = "r", .target = "x", .args = {}}, .path = {}, .compare = "is_absent"};
  CHECK(evaluate(check, Error{.code = Code::kNotFound, .message = "no such setting"}, {}).holds);
  CHECK_FALSE(evaluate(check, Error{.code = Code::kUnreachable, .message = "connection refused"}, {}).holds);
}

TEST_CASE("a counter stays flat while it does not grow beyond its first value") {
  CHECK(holds("stays_flat", 7, Value(), Value()));
  CHECK(holds("stays_flat", 7, Value(), 7));
  CHECK_FALSE(holds("stays_flat", 8, Value(), 7));
  CHECK_FALSE(holds("stays_flat", "7", Value(), 7));
}

TEST_CASE("a reading that failed holds nothing and shows why") {
  const Check check{
      .call = {.row = "redis.ping", .target = "x", .args = {}}, .path = {}, .compare = "is_not", .operand = "PONG"};
  const auto result = evaluate(check, Error{.code = Code::kUnreachable, .message = "connection refused"}, {});
  CHECK_FALSE(result.holds);
  CHECK(result.got == "connection refused");
}

TEST_CASE("a path leads through tables and lists, and to nothing where there is none") {
  const Value reading = Value::Map{{"keys", Value::List{Value::Map{{"bytes", 7}}}}};
  CHECK(at_path(reading, {"keys", "1", "bytes"}) == Value(7));
  CHECK(at_path(reading, {"keys", "2", "bytes"}).is_null());
  CHECK(at_path(reading, {"keys", "x"}).is_null());
  CHECK(at_path(reading, {"none", "deeper"}).is_null());
}

TEST_CASE("what the worker sends as a check is checked") {
  const Value good = Value::Map{{"row", "redis.ping"},
                                {"target", Value::Map{{"$target", "cache-1"}}},
                                {"compare", "is"},
                                {"operand", "PONG"},
                                {"lasting", "10s"}};
  const auto check = Check::from_value(good);
  REQUIRE(check);
  CHECK(check->call.target == "cache-1");
  CHECK(check->lasting == std::chrono::seconds(10));
  CHECK(Check::from_value(check->to_value()).value().to_value() == check->to_value());
  for (const auto* missing : {"row", "target", "compare"}) {
    auto bad = good;
    bad.as_map()->erase(missing);
    CHECK(Check::from_value(bad).error().code == Code::kPlaybook);
  }
  auto bad = good;
  bad["lasting"] = "soon";
  CHECK_FALSE(Check::from_value(bad));
  bad["lasting"] = Value();
  bad["compare"] = "below";
  CHECK(Check::from_value(bad).error().message ==
        R"(below compares numbers and amounts such as "2s" or "5gb", got "PONG")");
  bad["compare"] = "resembles";
  CHECK_FALSE(Check::from_value(bad));
}

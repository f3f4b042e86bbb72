#include "primitive/read/prometheus_answer.h"

#include "base/json.h"
#include "catch.h"

using namespace runbook;
using primitive::parse_instant;
using primitive::parse_range;

namespace {

Value vector_of(const std::string& samples) {
  return parse_json(R"({"status":"success","data":{"resultType":"vector","result":[)" + samples + "]}}").value();
}

}  // namespace

TEST_CASE("one series gives a value, several give none, and warnings are told") {
  auto document = vector_of(R"({"metric":{"job":"api"},"value":[1700000000.1,"0.25"]})");
  document["warnings"] = Value::List{"a store is away"};
  const auto one = parse_instant(document).value();
  CHECK(one["value"] == Value(0.25));
  CHECK(to_json(one["series"]) == R"([{"labels":{"job":"api"},"value":0.25}])");
  CHECK(to_json(one["warnings"]) == R"(["a store is away"])");
  const auto two = parse_instant(vector_of(R"({"metric":{},"value":[1,"1"]},{"metric":{},"value":[1,"2"]})")).value();
  CHECK(two["value"].is_null());
  CHECK(two["total"] == Value(2));
}

TEST_CASE("nothing and NaN are unknown; beside what is known, they are left out and named") {
  for (const auto* samples : {"", R"({"metric":{},"value":[1,"NaN"]})",
                              R"({"metric":{},"value":[1,"+Inf"]},{"metric":{},"value":[1,"NaN"]})"})
    CHECK(parse_instant(vector_of(samples)).error().code == Code::kNotFound);
  const auto mixed =
      parse_instant(vector_of(R"({"metric":{},"value":[1,"-Inf"]},{"metric":{},"value":[1,"3"]})")).value();
  CHECK(to_json(mixed["series"]) == R"([{"labels":{},"odd":"-Inf"},{"labels":{},"value":3}])");
  const auto scalar = parse_json(R"({"status":"success","data":{"resultType":"scalar","result":[1,"NaN"]}})").value();
  CHECK(parse_instant(scalar).error().code == Code::kNotFound);
}

TEST_CASE("a course over time has its ends, and forgets what is no number") {
  const auto document = parse_json(
      R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"4"],[2,"NaN"],[3,"1"],[4,"7"]]}]}})");
  const auto course = parse_range(*document).value();
  CHECK(course["first"] == Value(4));
  CHECK(course["last"] == Value(7));
  CHECK(course["min"] == Value(1));
  CHECK(course["mean"] == Value(4));
  CHECK(course["series"].items()[0]["points"].items().size() == 3);
}

TEST_CASE("what is of no known form is said to be, and what is too much is cut") {
  CHECK(parse_instant(Value::Map{}).error().code == Code::kProtocol);
  CHECK(parse_instant(vector_of(R"({"metric":{},"value":[1]})")).error().code == Code::kProtocol);
  CHECK(parse_range(vector_of("")).error().code == Code::kProtocol);
  std::string many = R"({"metric":{},"value":[1,"1"]})";
  for (int i = 1; i < 1000; ++i) many += R"(,{"metric":{},"value":[1,"1"]})";
  const auto cut = parse_instant(vector_of(many)).value();
  CHECK(cut["series"].items().size() == primitive::kMostSeries);
  CHECK(cut["total"] == Value(1000));
}

// What PostgreSQL answers, as values.
#include "primitive/read/postgres_value.h"

#include "base/json.h"
#include "catch.h"

using namespace runbook;
using primitive::postgres_value;

namespace {

std::string read_as(unsigned type, const std::string& text) { return to_json(postgres_value(type, text).value()); }

}  // namespace

TEST_CASE("numbers are numbers as long as no digit is lost") {
  CHECK(read_as(23, "-7") == "-7");
  CHECK(read_as(20, "999999999999999") == "999999999999999");
  CHECK(read_as(20, "9007199254740993") == "\"9007199254740993\"");
  CHECK(read_as(1700, "12.50") == "12.5");
  CHECK(read_as(1700, "0.1234567890123456789") == "\"0.1234567890123456789\"");
  CHECK(read_as(701, "1.0000000000000000e-07") == "1e-07");
  CHECK(read_as(701, "NaN") == "\"NaN\"");
  CHECK(read_as(701, "Infinity") == "\"Infinity\"");
  CHECK(read_as(16, "t") == "true");
  CHECK(read_as(25, "7") == "\"7\"");
}

TEST_CASE("arrays are lists, also of several dimensions and with quotes") {
  CHECK(read_as(1007, "{1,2,NULL}") == "[1,2,null]");
  CHECK(read_as(1007, "{{1,2},{3,4}}") == "[[1,2],[3,4]]");
  CHECK(read_as(1007, "[0:1]={1,2}") == "[1,2]");
  CHECK(read_as(1009, R"({a,"b c","q\"s","x\\y","NULL",NULL,""})") == R"(["a","b c","q\"s","x\\y","NULL",null,""])");
  CHECK(read_as(1009, "{}") == "[]");
  CHECK(read_as(1000, "{t,f}") == "[true,false]");
}

TEST_CASE("an array that is cut off or nested too deeply is none") {
  for (const auto* text :
       {"", "{", "{1", "{1,", "{\"a", "{\"a\\", "1", "{1}x", "{{1}", "[0:1]", "{{{{{{{1}}}}}}}", "{1}}"})
    CHECK_FALSE(postgres_value(1007, std::string(text)));
  CHECK_FALSE(postgres_value(16, std::string("yes")));
  CHECK_FALSE(postgres_value(114, std::string("{")));
}

TEST_CASE("what is NULL is not there, and two columns of one name are an error") {
  net::PostgresAnswer answer{
      .tag = "SELECT 1", .columns = {{"a", 23}, {"b", 25}}, .rows = {{std::string("1"), std::nullopt}}};
  CHECK(to_json(primitive::postgres_rows(answer).value()) == R"([{"a":1}])");
  answer.columns[1].name = "a";
  CHECK(primitive::postgres_rows(answer).error().code == Code::kUsage);
}

#include "primitive/read/env_file.h"

#include "base/json.h"
#include "base/redaction/redactor.h"
#include "catch.h"

using namespace runbook;
using runbook::primitive::parse_env_file;

namespace {

// As everybody behind the door sees it.
Value seen(std::string_view text) {
  static const SecretNet net(std::vector<Secret>{{"DB", "correct-horse-battery"}});
  Redactor redactor(net);
  return redactor.clean(parse_env_file(text), Value());
}

std::string list(const Value& value, const char* name) { return to_json(value[name]); }

}  // namespace

TEST_CASE("a file of variables tells their names, and of their values whether there is one") {
  const auto env = seen(
      "# for the shop\nDATABASE_URL=postgres://shop@db/shop\n\n; old\nexport DEBUG=\nQUOTED=\"\"\nplain.key-2 = 5\n");
  CHECK(list(env, "keys") == R"(["DATABASE_URL","DEBUG","QUOTED","plain.key-2"])");
  CHECK(list(env, "empty") == R"(["DEBUG","QUOTED"])");
  CHECK(list(env, "broken") == "[]");
  CHECK(env["values"]["DATABASE_URL"].text_or("") == "‹redacted:1›");
  CHECK(env["values"]["DEBUG"].text_or("x").empty());
}

TEST_CASE("two values can be compared, however they are quoted, and a declared secret has its name") {
  const auto env =
      seen("A=one two\nB=\"one two\"\nC='one two'\nD=\"one \\\ntwo\"\nE=correct-horse-battery\nF=one \\\n  two\n");
  CHECK(env["values"]["A"] == env["values"]["B"]);
  CHECK(env["values"]["A"] == env["values"]["C"]);
  CHECK(env["values"]["A"] == env["values"]["F"]);
  CHECK_FALSE(env["values"]["A"] == env["values"]["D"]);
  CHECK(env["values"]["E"].text_or("") == "‹secret:DB›");
}

TEST_CASE("what a value holds over several lines is no name") {
  const auto env = seen("KEY=\"-----BEGIN PRIVATE KEY-----\nMIIabc=\nQUJD=\n-----END PRIVATE KEY-----\"\nNEXT=1\n");
  CHECK(list(env, "keys") == R"(["KEY","NEXT"])");
  CHECK(to_json(env).find("MIIabc") == std::string::npos);
  const auto open = seen("A=\"never closed\nB=2\n");
  CHECK(list(open, "keys") == R"(["A","B"])");
}

TEST_CASE("what stands there twice and what is no variable is told, the latter by its line alone") {
  const auto env = seen("A=1\nnonsense with secrets\nA=\n9LIVES=x\n=y\nB\n");
  CHECK(list(env, "twice") == R"(["A"])");
  CHECK(list(env, "empty") == R"(["A"])");
  CHECK(list(env, "broken") == "[2,4,5,6]");
  CHECK(to_json(env).find("nonsense") == std::string::npos);
  CHECK(to_json(seen(std::string(300, 'A') + "=1\n")).find("AAA") == std::string::npos);
}

#include "safety/doubt.h"

#include "audit_fixture.h"
#include "catch.h"

using namespace runbook;
using namespace runbook::safety;

namespace {

Value a_change() {
  return Change{.row = "redis.config", .target = "cache-1", .args = Value::Map{}, .to = 2, .from = 1}.to_value();
}

Value outcome(std::uint64_t intent, const char* status) { return Value::Map{{"intent", intent}, {"status", status}}; }

}  // namespace

TEST_CASE("an INTENT is open until an OUTCOME says what became of it") {
  test::AuditState at;
  const auto journal = at.open();
  const auto first = journal->append_intent("r-1", a_change()).value().n;
  const auto second = journal->append_intent("r-1", a_change()).value().n;
  REQUIRE(open_intents(*journal).value().size() == 2);
  journal->append("r-1", "OUTCOME", outcome(first, "applied")).value();
  journal->append("r-1", "OUTCOME", outcome(second, "in_doubt")).value();
  const auto open = open_intents(*journal).value();
  REQUIRE(open.size() == 1);
  CHECK(open.front().n == second);
  CHECK(open.front().change.target == "cache-1");
  journal->append("r-2", "OUTCOME", outcome(second, "not_applied")).value();
  CHECK(open_intents(*journal).value().empty());
}

TEST_CASE("an open INTENT that cannot be read closes everything, for nobody knows whose it is") {
  test::AuditState at;
  const auto journal = at.open();
  const auto strange = journal->append_intent("r-1", Value::Map{{"row", "redis.config"}}).value().n;
  const auto refused = open_intents(*journal);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::kRefused);
  CHECK(refused.error().message.find("record " + std::to_string(strange)) == 0);
  journal->append("r-1", "OUTCOME", outcome(strange, "applied")).value();
  CHECK(open_intents(*journal).value().empty());
}

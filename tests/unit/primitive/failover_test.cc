// What is made of the rows of a pg_auto_failover monitor.
#include "base/json.h"
#include "catch.h"
#include "primitive/failover/failover_groups.h"
#include "primitive/failover/failover_outage.h"

using namespace runbook;
using namespace runbook::primitive;

namespace {

Value groups(const char* rows) { return failover_groups(parse_json(rows).value()); }

// One event of a node: whether it takes writes by its states, and what the monitor found.
Value event(double at, double node, bool writes, const char* found = "", double heard = 1000) {
  return Value::Map{{"at", at},
                    {"time", "t" + to_json(Value(at))},
                    {"node", node},
                    {"writes", writes},
                    {"fell_ill", std::string_view(found) == "ill"},
                    {"got_well", std::string_view(found) == "well"},
                    {"heard", heard},
                    {"heard_time", "h" + to_json(Value(heard))},
                    {"silent_after", 20},
                    {"now", 100}};
}

std::string outage(Value::List events) { return to_json(failover_outage(std::move(events))); }

}  // namespace

TEST_CASE("nodes are told by the group that they belong to") {
  const auto list = groups(R"([{"formation":"default","in_group":0,"id":1,"name":"a","primary":true},
                              {"formation":"default","in_group":1,"id":2,"name":"b","primary":true},
                              {"formation":"east","in_group":1,"id":3,"name":"c","primary":true}])");
  REQUIRE(list.items().size() == 3);
  CHECK(list.items()[2]["formation"] == Value("east"));
  CHECK(list.items()[1]["primary"]["name"] == Value("b"));
  CHECK(list.items()[0]["why_not"] == Value("there is no other node"));
}

TEST_CASE("where one may be promoted, the reasons of the others are no reason for the group") {
  const auto list = groups(R"([{"name":"a","primary":true,"no_writes":"it is silent"},
                              {"name":"b","primary":false,"not_promoted":"it is catchingup"},{"name":"c","primary":false}])");
  const auto& group = list.items().front();
  CHECK(group["may_fail_over"] == Value(true));
  CHECK(group["why_not"].is_null());
  CHECK(group["writable"] == Value(false));
  CHECK(group["why"] == Value("a: it is silent"));
  CHECK(group["nodes"].items()[1]["why_not"] == Value("it is catchingup"));
}

TEST_CASE("without a primary a node on its way means a failover, and none that nobody is at it") {
  const char* moving = R"([{"name":"a","state":"primary","assigned":"draining","not_promoted":"x"}])";
  const char* still = R"([{"name":"a","state":"demoted","assigned":"demoted","not_promoted":"x"}])";
  CHECK(groups(moving).items().front()["under_way"] == Value(true));
  CHECK(groups(still).items().front()["under_way"] == Value(false));
  CHECK(groups(still).items().front()["why_not"] == Value("a: x"));
}

TEST_CASE("an outage lasts from the last report of the lost primary until another one takes writes") {
  CHECK(outage({event(10, 1, true), event(50, 1, true, "ill", 48), event(52, 1, false, "", 48), event(52, 2, false),
                event(58, 2, true)}) == R"({"ago_s":42,"from":"h48","from_by":"report","seconds":10,"to":"t58"})");
}

TEST_CASE("where the keeper went on to report, or was silent for long before, it begins with what the monitor saw") {
  CHECK(outage({event(10, 1, true), event(50, 1, true, "ill", 60), event(58, 2, true)}) ==
        R"({"ago_s":42,"from":"t50","from_by":"monitor","seconds":8,"to":"t58"})");
  CHECK(outage({event(10, 1, true), event(50, 1, true, "ill", 20), event(58, 2, true)}) ==
        R"({"ago_s":42,"from":"t50","from_by":"monitor","seconds":8,"to":"t58"})");
}

TEST_CASE("while it lasts it has no end") {
  CHECK(outage({event(10, 1, true), event(50, 1, false, "", 49), event(51, 2, false)}) ==
        R"({"from":"h49","from_by":"report","lasts_s":51})");
}

TEST_CASE("a primary that is found well again ends it, and one that only changes its state does not") {
  CHECK(outage({event(10, 1, true), event(50, 1, true, "ill"), event(52, 1, true), event(55, 1, true, "well")}) ==
        R"({"ago_s":45,"from":"t50","from_by":"monitor","seconds":5,"to":"t55"})");
}

TEST_CASE("standbys that come and go are no outage, and neither is a group that never had a primary") {
  CHECK(outage({event(10, 1, true), event(20, 2, false, "ill"), event(30, 2, false, "well")}) == "null");
  CHECK(outage({event(10, 1, false), event(20, 1, false, "ill")}) == "null");
  CHECK(outage({}) == "null");
}

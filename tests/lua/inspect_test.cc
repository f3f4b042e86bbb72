// The phase "inspect": a playbook is tried out, and nothing is read.
#include "catch.h"
#include "lua/worker_fixture.h"

using namespace runbook;
using namespace runbook::test;

namespace {

// What the inspection tells; fails when anything was read for it.
Value inspected(const Book& book) {
  Worker worker;
  worker.further = {"inspect"};
  REQUIRE(worker.load(book.source()));
  auto told = worker.phase("inspect");
  REQUIRE(told);
  CHECK(worker.calls.empty());
  return *told;
}

// "slot: message", and (perhaps) behind what another input might not meet.
std::vector<std::string> problems(const Book& book) {
  std::vector<std::string> out;
  const auto told = inspected(book);
  for (const auto& problem : told["problems"].items()) {
    out.push_back(std::string(problem["slot"].text_or("")) + ": " + std::string(problem["message"].text_or("")) +
                  (problem["sure"].bool_or(false) ? "" : " (perhaps)"));
  }
  return out;
}

using List = std::vector<std::string>;

const std::string kLook = "return { ping = see.redis(arg.redis):ping() }";

}  // namespace

TEST_CASE("an inspection tells the readings and reads none") {
  CHECK(problems({.evidence = kLook}).empty());
  const auto told = inspected({.evidence = kLook});
  CHECK(to_json(told["readings"]) == R"(["ping"])");
}

TEST_CASE("an inspection holds arguments to the rules of a run") {
  CHECK(problems({.evidence = "return { x = see.redis(arg.redis):info() }"}) ==
        List{"evidence: redis.info: the argument section is missing"});
  CHECK(problems({.evidence = "return { x = see.redis(arg.rediss):ping() }"}) ==
        List{"evidence: there is no input rediss; did you mean \"redis\"?"});
}

TEST_CASE("an error that an unknown value may have caused is no problem") {
  CHECK(
      problems({.evidence = "local x = see.redis(arg.redis):ping():value() + 1; if x > 2 then error 'x' end return {}"})
          .empty());
  CHECK(problems({.evidence = "while see.redis(arg.redis):ping():value().more do end return {}"}).empty());
  CHECK(problems({.evidence = kLook, .diagnose = "if found.ping then return found.ping.x < 3 end return healthy 'x'"})
            .empty());
}

TEST_CASE("a diagnosis that cannot do without its readings is told, but is not sure") {
  CHECK(problems({.evidence = kLook, .diagnose = "return healthy(found.ping)"}) ==
        List{"unread: healthy: expected text, got nil (perhaps)"});
}

TEST_CASE("a plan is told with what it proposes, and whether a run would propose just that") {
  const std::string head =
      "mitigations = { mitigation 'm' { answers = {'a'}, asks = { n = ask.number('n') }, verify = "
      "function() return {} end, plan = function(found, arg, chosen) return { change.redis_delete_key(arg.redis, ";
  const auto exact = inspected({.more = head + "'k') } end } }"});
  CHECK(exact["mitigations"]["m"]["exact"] == Value(true));
  CHECK(exact["mitigations"]["m"]["items"].items().at(0)["args"]["key"] == Value("k"));
  CHECK(exact["mitigations"]["m"]["checks"] == Value(0));
  const auto sampled = inspected({.more = head + "tostring(chosen.n)) } end } }"});
  CHECK(sampled["mitigations"]["m"]["exact"] == Value(false));
}

TEST_CASE("what fails when an input that may be left out is left out is told, and what is ready for it is not") {
  const auto told = [](const std::string& slots, const std::string& plan) {
    return problems({.evidence = "return { ping = arg.other and see.redis(arg.other):ping() }",
                     .more = "mitigations = { mitigation 'm' { answers = {'a'}, " + slots +
                             "verify = function() return {} end, plan = function(found, arg) " + plan + " end } }",
                     .inputs = "other = input.redis('o'):optional(), many = input.redis('m'):many():optional()"});
  };
  const std::string deletes = "return { change.redis_delete_key(arg.other, 'k') }";
  const std::string fails =
      "plan: change.redis_delete_key wants a target, got nil; is it an input of this playbook? (perhaps)";
  CHECK(told("", deletes) == List{fails});
  CHECK(told("needs = { 'other' }, ", deletes).empty());
  CHECK(told("needs = { 'many' }, ", deletes) == List{fails});
  CHECK(told("", "return arg.other and { change.redis_delete_key(arg.other, 'k') } or {}").empty());
  CHECK(told("", "return { change.redis_delete_key(arg.redis, tostring(#arg.many)) }").empty());
  CHECK(told("", "return { change.redis_delete_key(arg.redis, found.ping or 'k') }").size() == 1);
}

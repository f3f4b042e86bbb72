// Plans as the language says them: barriers, guards, what a person does, groups, watches.
#include "catch.h"
#include "lua/worker_fixture.h"

using namespace runbook;
using namespace runbook::test;

namespace {

Value value_of(const Result<Value>& result) {
  INFO((result ? std::string() : result.error().text()));
  REQUIRE(result);
  return *result;
}

// The targets cache-1, cache-2, … as the input `caches`, and cache-1 as `redis`.
Value caches(int count) {
  Value::List list;
  for (int i = 1; i <= count; ++i) list.push_back(handle("cache-" + std::to_string(i)));
  return list;
}

Result<Value> plan(const std::string& returned, int count = 5) {
  Worker worker;
  const Book book{.more =
                      "mitigations = { mitigation 'm' { answers = { 'f' }, verify = function() return {} end,\n"
                      "plan = function(found, arg)\n"
                      "local set = function(redis) return change.redis_config(redis, 'hz', { to = 20 }) end\n"
                      "local well = function(redis) return { check.redis(redis):ping():is 'PONG' } end\n" +
                      returned + "\nend } },"};
  const auto loaded = worker.load(book.source());
  if (!loaded) return loaded.error();
  Value look;
  look["arg"]["redis"] = handle("cache-1");
  look["arg"]["caches"] = caches(count);
  look["arg"]["instances"] = Value::List{handle("api-1", "container"), handle("api-2", "container")};
  const auto looked = worker.phase("evidence", std::move(look));
  if (!looked) return looked.error();
  Value about;
  about["mitigation"] = "m";
  return worker.phase("plan", about);
}

// The items, each as one line: "hz of cache-1", "barrier: wave 1 …", with the member's limit behind it.
std::vector<std::string> lines(const Value& planned) {
  std::vector<std::string> out;
  for (const auto& item : planned["items"].items()) {
    std::string line = item["barrier"].is_null() ? std::string(item["args"]["key"].text_or("?")) + " of " +
                                                       std::string(item["target"]["$target"].text_or("?"))
                                                 : "barrier " + std::string(item["text"].text_or("")) + ", " +
                                                       std::to_string(item["barrier"].items().size()) + " checks";
    if (!item["member"].is_null()) line += ", may fail " + to_json(item["member"]["may_fail"]);
    out.push_back(line);
  }
  return out;
}

}  // namespace

TEST_CASE("a plan has changes, barriers and what a person does, in their order") {
  const auto planned = value_of(plan(R"(
    return { set(arg.redis), barrier { check.redis(arg.redis):ping():is 'PONG', within = '5s', holds = '1s' },
      manual 'look at the rack' { expects = 7 } })"));
  const auto& items = std::as_const(planned)["items"].items();
  REQUIRE(items.size() == 3);
  CHECK(items[0]["change"] == Value("redis.config"));
  CHECK(items[1]["barrier"].items().at(0)["operand"] == Value("PONG"));
  CHECK(items[1]["within"] == Value("5s"));
  CHECK(items[1]["holds"] == Value("1s"));
  CHECK(to_json(items[2]) == R"({"expects":"7","manual":"look at the rack","where":"book.lua:16"})");
}

TEST_CASE("a change has a guard, and what makes it count") {
  const auto planned = value_of(plan(R"(
    return { change.redis_config(arg.redis, 'hz', { to = 20, guard = { check.redis(arg.redis):ping():is_not 'x' },
      activate = { change.redis_delete_key(arg.redis, 'k') }, nothing_to_undo = 'why' }) })"));
  const auto& change = std::as_const(planned)["items"].items().at(0);
  CHECK(change["guard"].items().at(0)["compare"] == Value("is_not"));
  CHECK(change["activate"].items().at(0)["change"] == Value("redis.delete_key"));
  CHECK(change["nothing_to_undo"] == Value("why"));
}

TEST_CASE("a group over targets is written out in waves, the canary first and without a failure allowed") {
  const auto planned =
      value_of(plan("return { change.across(arg.caches, { at_a_time = 2, max_failed = 1, canary = 1, check = well, "
                    "within = '9s' }, function(redis) return { set(redis) } end) }"));
  CHECK(lines(planned) == std::vector<std::string>{
                              "hz of cache-1, may fail 0",
                              "barrier wave 1 of 3, the canary: cache-1, 1 checks, may fail 0",
                              "hz of cache-2, may fail 1",
                              "hz of cache-3, may fail 1",
                              "barrier wave 2 of 3: cache-2, cache-3, 2 checks, may fail 1",
                              "hz of cache-4, may fail 1",
                              "hz of cache-5, may fail 1",
                              "barrier wave 3 of 3: cache-4, cache-5, 2 checks, may fail 1",
                          });
  const auto& barrier = std::as_const(planned)["items"].items().at(4);
  CHECK(barrier["barrier"].items().at(1)["member"] == Value("cache-3"));
  CHECK(barrier["within"] == Value("9s"));
}

TEST_CASE("a group takes one target after the other unless it is told otherwise") {
  CHECK(lines(value_of(plan("return { set(arg.redis), change.across(arg.caches, { check = well }, function(redis) "
                            "return { change.redis_delete_key(redis, 'k') } end) }",
                            2))) == std::vector<std::string>{"hz of cache-1", "k of cache-1, may fail 0",
                                                             "barrier wave 1 of 2: cache-1, 1 checks, may fail 0",
                                                             "k of cache-2, may fail 0",
                                                             "barrier wave 2 of 2: cache-2, 1 checks, may fail 0"});
}

TEST_CASE("a wave is begun when enough of the others are healthy, and so many of them at least") {
  const auto planned = value_of(plan(
      "return { change.across(arg.caches, { at_a_time = 2, canary = 1, min_healthy = '60%', check = well, within = "
      "'9s' }, function(redis) return { set(redis) } end) }"));
  const auto& items = std::as_const(planned)["items"].items();
  REQUIRE(items.size() == 11);
  CHECK(items[0]["text"] == Value("at least 3 of the 4 others healthy before wave 1 of 3, the canary"));
  CHECK(items[0]["at_least"] == Value(3));
  CHECK(items[0]["within"] == Value("9s"));
  REQUIRE(items[0]["barrier"].items().size() == 4);
  CHECK(items[0]["barrier"].items()[0]["member"] == Value("cache-2"));
  CHECK(items[3]["text"] == Value("at least 3 of the 3 others healthy before wave 2 of 3"));
  CHECK(items[2]["at_least"].is_null());
}

TEST_CASE("what counts as healthy may be another thing than what must hold of those that were changed") {
  const auto planned = value_of(
      plan("return { change.across(arg.caches, { min_healthy = 2, check = well, healthy = function(redis) return { "
           "check.redis(redis):info('memory').used:above(0) } end }, function(redis) return { set(redis) } end) }"));
  const auto& items = std::as_const(planned)["items"].items();
  CHECK(items[0]["barrier"].items().at(0)["row"] == Value("redis.info"));
  CHECK(items[2]["barrier"].items().at(0)["row"] == Value("redis.ping"));
}

TEST_CASE("a wave that could take more out than may be is refused with the numbers") {
  const auto refused = [](const std::string& options) {
    return plan("return { change.across(arg.caches, { check = well, " + options +
                " }, function(redis) return { set(redis) } end) }")
        .error()
        .message;
  };
  const auto batch = refused("min_healthy = '80%', at_a_time = 2");
  CHECK(batch.find("at_a_time = 2 takes 2 of 5 out at once and leaves 3, and min_healthy = 80% wants 4: at most 1 at "
                   "once") != std::string::npos);
  CHECK(refused("min_healthy = 4, canary = 3").find("canary = 3 takes 3 of 5 out") != std::string::npos);
  CHECK(refused("min_healthy = 5").find("at most 0 at once") != std::string::npos);
  for (const std::string share : {"0", "'0%'", "'101%'", "'many'", "1.5", "true"})
    CHECK(refused("min_healthy = " + share).find("a percentage such as") != std::string::npos);
  CHECK(refused("min_healthy = 2, healthy = function() return {} end")
            .find("no check tells whether cache-2 is healthy") != std::string::npos);
  CHECK(refused("healthy = well").find("says nothing without min_healthy") != std::string::npos);
}

TEST_CASE("a rolling restart takes one container after the other, and waits until each is ready") {
  const auto planned = value_of(plan("return { change.rolling_restart(arg.instances, { timeout = 3 }) }"));
  CHECK(lines(planned) ==
        std::vector<std::string>{"? of api-1, may fail 0", "barrier wave 1 of 2: api-1, 1 checks, may fail 0",
                                 "? of api-2, may fail 0", "barrier wave 2 of 2: api-2, 1 checks, may fail 0"});
  const auto& items = std::as_const(planned)["items"].items();
  CHECK(items[0]["change"] == Value("container.restart"));
  CHECK(to_json(items[0]["args"]) == R"({"timeout":3})");
  CHECK(items[1]["within"] == Value("60s"));
  const auto& ready = items[1]["barrier"].items().at(0);
  CHECK(ready["row"] == Value("container.state"));
  CHECK(to_json(ready["path"]) == R"(["ready"])");
  CHECK(ready["operand"] == Value(true));
}

TEST_CASE("a secret is named where a change takes one") {
  const auto planned = value_of(
      plan("return { change.container_env(arg.instances[1], { key = 'API_KEY', to = secret 'SHOP_API_KEY' }) }"));
  CHECK(to_json(std::as_const(planned)["items"].items().at(0)["to"]) == R"({"secret":"SHOP_API_KEY"})");
}

TEST_CASE("members of a selection may be gone when their turn comes") {
  const auto planned =
      value_of(plan("return { change.each_of({ 'a', 'b' }, { at_most = 2 }, function(key) return { "
                    "change.redis_delete_key(arg.redis, key) } end) }"));
  CHECK(lines(planned) == std::vector<std::string>{"a of cache-1", "b of cache-1"});
  CHECK(std::as_const(planned)["items"].items().at(1)["may_vanish"] == Value(true));
}

TEST_CASE("what authors get wrong in a plan is told with its line") {
  const std::vector<std::pair<std::string, std::string>> mistakes = {
      {"return 5", "plan: expected a list of items, got number 5"},
      {"return { 5 }", "plan[1]: expected a change, a group, a barrier or a manual item, got number 5"},
      {"return { barrier { within = '3s' } }", "book.lua:14: barrier: there is no check in it"},
      {"return { barrier { check.redis(arg.redis):ping(), within = '3s' } }",
       "book.lua:14: barrier[1]: a check of redis.ping without a comparison; end it with :is(…), :below(…), "
       ":stays_flat() or the like"},
      {"return { barrier { well(arg.redis)[1], whithin = '3s' } }",
       "book.lua:14: barrier takes no whithin; did you mean \"within\"?"},
      {"return { barrier { well(arg.redis)[1], within = 3 } }",
       "book.lua:14: barrier: within: expected a duration such as \"30s\", got number 3"},
      {"return { manual 'x' {} }", "book.lua:14: manual: expects: expected text or a number, as it is seen, got nil"},
      {"return { manual 'x' { expect = 'y' } }", "book.lua:14: manual takes no expect; did you mean \"expects\"?"},
      {"return { manual 'x' { expects = 1, undo = 'back' } }",
       "book.lua:14: manual: undo: expected a manual item, got text \"back\""},
      {"return { manual 'x' }", "plan[1]: expected a change, a group, a barrier or a manual item, got a function"},
      {"return { change.redis_config(arg.redis, 'hz', { to = 1, gaurd = {} }) }",
       "book.lua:14: change.redis_config takes no gaurd; did you mean \"guard\"?"},
      {"return { change.redis_config(arg.redis, 'hz', { to = 1, guard = { 5 } }) }",
       "book.lua:14: change.redis_config: guard[1]: expected a check, got number 5"},
      {"return { change.redis_config(arg.redis, 'hz', { to = 1, activate = set(arg.redis) }) }",
       "book.lua:14: change.redis_config: activate: expected a list of changes, got a change"},
      {"return { change.redis_config(arg.redis, 'hz', { to = 1, irreversible = 'a', nothing_to_undo = 'b' }) }",
       "book.lua:14: change.redis_config: either irreversible, or nothing_to_undo, not both"},
      {"return { change.redis_config(arg.redis, 'hz', { to = 1, irreversible = '' }) }",
       "book.lua:14: change.redis_config: irreversible: expected text that says why, got text \"\""},
      {"return { change.redis_config(arg.redis, 'hz', { to = secret 'CACHE' }) }",
       "book.lua:14: change.redis_config: to: a secret cannot be sent"},
      {"return { change.redis_config(arg.redis, secret 'CACHE', { to = 1 }) }",
       "book.lua:14: redis.config: key: expected text, got a secret"},
      {"return { change.across({}, { check = well }, set) }", "book.lua:14: change.across: the selection is empty"},
      {"return { change.across({ 'cache-1' }, { check = well }, set) }",
       "book.lua:14: change.across[1]: expected a target, got text \"cache-1\""},
      {"return { change.across({ arg.redis, arg.redis }, { check = well }, set) }",
       "book.lua:14: change.across: cache-1 is in it twice"},
      {"return { change.across(arg.caches, { canary = 1 }, set) }",
       "book.lua:14: change.across: check is missing: a function that is given the target and returns a list of "
       "checks"},
      {"return { change.across(arg.caches, { check = well, at_once = 2 }, set) }",
       "book.lua:14: change.across takes no at_once"},
      {"return { change.across(arg.caches, { check = well, at_a_time = 0.5 }, set) }",
       "book.lua:14: change.across: at_a_time: expected a whole number of at least 1, got number 0.5"},
      {"return { change.rolling_restart(arg.instances, { at_a_time = 2 }) }",
       "book.lua:14: change.rolling_restart takes no at_a_time"},
      {"return { change.rolling_restart(arg.caches) }",
       "book.lua:14: change.container_restart wants a target of kind container; cache-1 is of kind redis"},
      {"return { change.across(arg.caches, { check = well }, set) }",
       "book.lua:14: change.across for cache-1: expected a list of changes, got a change"},
      {"return { change.each_of({ 'a', 'b', 'c' }, { at_most = 2 }, set) }",
       "book.lua:14: change.each_of: 3 are selected, and at most 2 may be: narrow the selection"},
      {"return { change.each_of({ 'a' }, {}, set) }",
       "book.lua:14: change.each_of: at_most is missing: a whole number of at least 1"},
      {"return { barrier { check.redis(arg.redis):ping():below 'soon' } }",
       "book.lua:14: :below(…): expected a number, or an amount such as \"2s\" or \"5gb\", got text \"soon\""},
      {"return { barrier { check.redis(arg.redis):ping():is_absent(3) } }",
       "book.lua:14: :is_absent(…): expected nothing, got number 3"},
  };
  for (const auto& [source, says] : mistakes) {
    INFO(source);
    const auto planned = plan(source);
    REQUIRE_FALSE(planned);
    const auto told = planned.error().text();
    INFO(told);
    CHECK(told.find(says) != std::string::npos);
    CHECK(told.starts_with("book.lua:"));
  }
}

TEST_CASE("a playbook says what is watched when all is well again") {
  Worker worker;
  const auto shape =
      value_of(worker.load(Book{.more = "watch = { within = '15m', note = 'cold', check = function(arg) return "
                                        "check.redis(arg.redis):info('memory').used:below '1gb' end },"}
                               .source()));
  CHECK(to_json(shape["watch"]) == R"({"note":"cold","within":"15m"})");
  value_of(worker.look());
  CHECK(value_of(worker.phase("watch"))["checks"].items().at(0)["operand"] == Value("1gb"));
  Worker other;
  const auto wrong = other.load(Book{.more = "watch = { within = '15m', chek = print },"}.source());
  REQUIRE_FALSE(wrong);
  INFO(wrong.error().text());
  CHECK(wrong.error().text().starts_with("book.lua:10: chek: watch has no such slot; did you mean \"check\"?"));
}

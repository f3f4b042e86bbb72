// The language of playbooks, in the built worker.
#include "catch.h"
#include "lua/worker_fixture.h"

using namespace runbook;
using namespace runbook::test;

namespace {

Error failure(const Result<Value>& result) {
  REQUIRE_FALSE(result);
  return result.error();
}

Value value_of(const Result<Value>& result) {
  INFO((result ? std::string() : result.error().text()));
  REQUIRE(result);
  return *result;
}

constexpr auto kMitigation = R"(mitigations = {
mitigation "raise" {
  answers = { "full" }, within = "30s", holds = "10s", warning = "careful",
  asks = { limit = ask.bytes("new maxmemory", function(found) return found.memory.used * 1.25 end),
           policy = ask.choice("policy", { "noeviction", "allkeys-lru" }, "noeviction"),
           note = ask.text "why" },
  plan = function(found, arg, chosen)
    return { change.redis_config(arg.redis, "maxmemory", { to = chosen.limit, comment = "room", level = 2, irreversible = "never" }),
      change.redis_delete_key(arg.redis, { key = "x" }) }
  end,
  verify = function(arg, chosen)
    return { check.redis(arg.redis):ping():is "PONG",
             check.redis(arg.redis):info("memory").db["0"].used:below(chosen.limit):lasting "10s",
             check.redis(arg.redis):errors "OOM":stays_flat() }
  end,
} },
follow_up = { after("10m", "Postmortem.") },
findings = { full = "memory is full" },)";

}  // namespace

TEST_CASE("same_secret compares what stands in the place of secrets") {
  Worker worker;
  value_of(worker.load(R"(
return playbook "p" { alerts = {}, severity = "SEV-5", owner = "o", inputs = {},
  evidence = function() return {} end,
  diagnose = function()
    local said = {}
    local function note(a, b) said[#said + 1] = tostring(same_secret(a, b)) end
    note("‹redacted:1›", "‹redacted:1›") note("‹redacted:1›", "‹redacted:2›") note("‹redacted:1›", "‹redacted:12›")
    note("redis://:‹secret:CACHE›@h", "‹secret:CACHE›") note("‹secret:A›", "‹secret:B›") note("", "‹redacted:1›")
    note(nil, "‹redacted:1›") note("‹redacted:1› and ‹redacted:2›", "‹redacted:1›") note("‹secret:A› and ‹redacted:1›", "‹secret:A›")
    note("", "")
    return healthy(table.concat(said, " "))
  end })"));
  value_of(worker.look());
  const auto verdict = value_of(worker.phase("diagnose"));
  CHECK(to_json(verdict).find("true false false true false false nil false false true") != std::string::npos);
}

TEST_CASE("a secret is a handle: whatever would turn it into something else is an error that names the line") {
  Worker worker;
  value_of(worker.load(R"(
return playbook "p" { alerts = {}, severity = "SEV-5", owner = "o", inputs = {},
  evidence = function() return {} end,
  diagnose = function()
    local said, s = {}, secret "API_KEY"
    local function try(what, f)
      local good, err = pcall(f)
      said[#said + 1] = what .. (good and " WORKED" or " " .. tostring(err):match "book%.lua:%d+" .. " " .. tostring(err):match "a secret cannot be [%a ]+")
    end
    try("tostring", function() local made = tostring(s) return made end)
    try("concat", function() return "x" .. s end)
    try("format", function() local made = ("%s"):format(s) return made end)
    try("equal", function() return s == secret "API_KEY" end)
    try("less", function() return s < secret "API_KEY" end)
    try("plus", function() return s + 1 end)
    try("field", function() return s.secret end)
    return healthy(table.concat(said, "; "))
  end })"));
  value_of(worker.look());
  const auto said = to_json(value_of(worker.phase("diagnose")));
  CAPTURE(said);
  CHECK(said.find("WORKED") == std::string::npos);
  for (const char* part :
       {"tostring book.lua:10 a secret cannot be made text", "format book.lua:12 a secret cannot be made text",
        "concat book.lua:11 a secret cannot be made text", "equal book.lua:13 a secret cannot be compared",
        "less book.lua:14 a secret cannot be compared", "plus book.lua:15 a secret cannot be computed with",
        "field book.lua:16 a secret cannot be looked into"}) {
    CAPTURE(part);
    CHECK(said.find(part) != std::string::npos);
  }
}

TEST_CASE("a playbook loads and tells its shape in the order of its source") {
  Worker worker;
  const auto shape = value_of(worker.load(R"(
return playbook "redis-down" {
  alerts = { "Down" }, severity = "SEV-2", owner = "infra", summary = "s",
  inputs = { zebra = input.redis "z", alpha = input.text("a"):default "x", mid = input.number "m":optional(),
             users = input.redis("u"):default(users_of "zebra") },
  findings = { full = "memory is full" },
  evidence = function(see, arg) return {} end,
  diagnose = function(found, arg) return healthy "ok" end,
})"));
  CHECK(to_json(shape["inputs"]) ==
        R"([{"kind":"redis","label":"z","name":"zebra","optional":false},)"
        R"({"default":"x","kind":"text","label":"a","name":"alpha","optional":false},)"
        R"({"kind":"number","label":"m","name":"mid","optional":true},)"
        R"({"default":{"users_of":"zebra"},"kind":"redis","label":"u","name":"users","optional":false}])");
  CHECK(to_json(shape["findings"]) == R"({"full":"memory is full"})");
  CHECK(to_json(shape["mitigations"]) == "[]");
  CHECK(shape["severity"] == Value("SEV-2"));
}

TEST_CASE("a run goes from evidence over a finding to changes and checks") {
  Worker worker;
  worker.answer = [](const SeenCall& call) -> Result<Value> {
    if (call.row == "redis.info") return *parse_json(R"({"used":100,"maxmemory":80})");
    return Value("PONG");
  };
  const auto shape = value_of(worker.load(Book{.evidence = R"(
    local redis = see.redis(arg.redis)
    return { ping = redis:ping(), memory = redis:info "memory", plain = 3,
             reach = parallel.map({ arg.redis }, function(r) return see.net(r):resolve { as = "clients" } end) })",
                                               .diagnose = R"(
    if found.memory.used > found.memory.maxmemory then
      return finding("full", "%d of %d", found.memory.used, found.memory.maxmemory):next "buy memory"
    end)",
                                               .more = kMitigation}
                                              .source()));
  CHECK(
      to_json(shape["mitigations"]) ==
      R"([{"answers":["full"],"asks":["limit","policy","note"],"has_verify":true,"holds":"10s","line":17,"name":"raise",)"
      R"("needs":[],"not_while":[],"warning":"careful","within":"30s"}])");
  CHECK(to_json(shape["follow_up"]) == R"([{"after":"10m","text":"Postmortem."}])");

  const auto seen = value_of(worker.look());
  CHECK(to_json(seen) ==
        R"({"readings":{"memory":{"call":2},"ping":{"call":1},"plain":{"value":3},"reach":{"calls":[3]}}})");
  REQUIRE(worker.calls.size() == 3);
  CHECK(worker.calls[1].target == "cache-1");
  CHECK(to_json(worker.calls[1].args) == R"({"section":"memory"})");
  CHECK(to_json(worker.calls[2].args) == R"({"as":"clients"})");

  CHECK(
      to_json(value_of(worker.phase("diagnose"))) ==
      R"({"findings":[{"name":"full","next":"buy memory","text":"100 of 80"}],"text":"100 of 80","verdict":"finding"})");

  Value about;
  about["mitigation"] = "raise";
  CHECK(
      to_json(value_of(worker.phase("asks", about))["asks"]) ==
      R"([{"default":125,"kind":"bytes","label":"new maxmemory","name":"limit"},)"
      R"({"default":"noeviction","kind":"choice","label":"policy","name":"policy","options":["noeviction","allkeys-lru"]},)"
      R"({"kind":"text","label":"why","name":"note"}])");
  about["chosen"]["limit"] = 125;
  CHECK(
      to_json(value_of(worker.phase("plan", about))["items"]) ==
      R"([{"args":{"key":"maxmemory"},"change":"redis.config","comment":"room","irreversible":"never","level":2,)"
      R"("target":{"$target":"cache-1","kind":"redis"},"to":125,"where":"book.lua:23"},)"
      R"({"args":{"key":"x"},"change":"redis.delete_key","target":{"$target":"cache-1","kind":"redis"},"where":"book.lua:24"}])");
  CHECK(
      to_json(value_of(worker.phase("verify", about))["checks"]) ==
      R"([{"args":{},"compare":"is","operand":"PONG","path":[],"row":"redis.ping","target":{"$target":"cache-1","kind":"redis"},"where":"book.lua:27"},)"
      R"({"args":{"section":"memory"},"compare":"below","lasting":"10s","operand":125,"path":["db","0","used"],"row":"redis.info","target":{"$target":"cache-1","kind":"redis"},"where":"book.lua:28"},)"
      R"({"args":{"kind":"OOM"},"compare":"stays_flat","path":[],"row":"redis.errors","target":{"$target":"cache-1","kind":"redis"},"where":"book.lua:29"}])");
}

TEST_CASE("a failed reading is evidence: nil in found, and why tells the reason") {
  Worker worker;
  worker.answer = [](const SeenCall&) -> Result<Value> {
    return Error{.code = Code::kUnreachable, .message = "connection refused"};
  };
  value_of(worker.load(Book{.evidence = R"(
    local redis = see.redis(arg.redis)
    local ping = redis:ping()
    print(ping:value_or "none", ping:failed())
    local good, err = pcall(function() return ping:value() end)
    print(good, err.code, err.message, err.where, err.cause.code)
    return { ping = ping, list = parallel.map({ arg.redis }, function(r) return see.redis(r):ping() end) })",
                            .diagnose = R"(
    local first = found.list[1]
    return unclear(tostring(found.ping) .. "|" .. found:why "ping" .. "|" .. tostring(first.target) .. "|" .. first.error.code))"}
                           .source()));
  value_of(worker.look());
  CHECK(worker.printed ==
        std::vector<std::string>{
            "none\ttrue", "false\tunreachable\tredis.ping of cache-1: connection refused\tbook.lua:9\tunreachable"});
  CHECK(value_of(worker.phase("diagnose"))["text"] == Value("nil|connection refused|cache-1|unreachable"));
}

TEST_CASE("an input can be a list of targets, with a default that selects them") {
  const auto inputs = [](const std::string& made) {
    Worker worker;
    return worker.load("return playbook 'b' { alerts = {}, severity = 'SEV-2', owner = 'o', inputs = { x = " + made +
                       " }, evidence = function(see, arg) return { all = parallel.map(arg.x, function(one) return "
                       "see.redis(one):ping() end) } end, diagnose = function(found, arg) return healthy('%d of %s', "
                       "#arg.x, arg.x[2]) end }");
  };
  CHECK(to_json(value_of(inputs("input.redis 'r':many():default 'tag:a'"))["inputs"]) ==
        R"([{"default":"tag:a","kind":"redis","label":"r","many":true,"name":"x","optional":false}])");
  CHECK(failure(inputs("input.text 'r':many()")).message == ":many() belongs to targets, not to input.text");
  CHECK(failure(inputs("input.redis 'r':default(3)")).message ==
        ":default(…) of an input.redis: expected users_of \"input\", container_of \"input\", "
        "host_of \"input\", or text such as \"tag:cache\", got number 3");
  CHECK(failure(inputs("input.number 'r':default 'x'")).message ==
        ":default(…) of an input.number: expected a number, got text \"x\"");

  Worker worker;
  value_of(
      worker.load(Book{.evidence = "return { all = parallel.map(arg.x, function(r) return see.redis(r):ping() end) }",
                       .diagnose = "return healthy('%d with %s', #arg.x, arg.x[2])"}
                      .source()));
  Value body;
  body["arg"]["x"] = Value::List{handle("cache-1"), handle("cache-2")};
  value_of(worker.phase("evidence", body));
  REQUIRE(worker.calls.size() == 2);
  CHECK(worker.calls[1].target == "cache-2");
  CHECK(value_of(worker.phase("diagnose"))["text"] == Value("2 with cache-2"));
}

TEST_CASE("a finding points to text, to another playbook, or to both; unfit points to the one that fits") {
  const auto verdict = [](const std::string& diagnose) {
    Worker worker;
    value_of(worker.load(Book{.diagnose = diagnose}.source()));
    value_of(worker.look());
    return worker.phase("diagnose");
  };
  CHECK(to_json(value_of(verdict(
            "return finding('a', 'x'):next 'do':next(book('other', { redis = arg.redis, n = 3 }))"))["findings"]) ==
        R"([{"link":{"book":"other","inputs":{"n":3,"redis":{"$target":"cache-1","kind":"redis"}}},"name":"a",)"
        R"("next":"do","text":"x"}])");
  CHECK(value_of(verdict("return unfit 'no':next(book 'other')"))["link"]["book"] == Value("other"));
  CHECK(failure(verdict("return healthy 'x':next 'y'")).message ==
        ":next(…) belongs to a finding or to unfit, not to healthy");
  CHECK(failure(verdict("return finding 'a':next(3)")).message == ":next(…): expected text or book(…), got number 3");
  CHECK(failure(verdict("return finding 'a':next(book '../x')")).message ==
        "book: expected the name of a playbook, got text \"../x\"");
  CHECK(failure(verdict("return finding 'a':next(book('x', 'cache-1'))")).message ==
        "book: expected a table of inputs by name, got text \"cache-1\"");
}

TEST_CASE("verdicts come alone or as findings in numbers") {
  const auto verdict = [](const std::string& diagnose) {
    Worker worker;
    value_of(worker.load(Book{.diagnose = diagnose}.source()));
    value_of(worker.look());
    return worker.phase("diagnose");
  };
  CHECK(to_json(value_of(verdict("return finding('a', 'x'), finding 'b'"))["findings"]) ==
        R"([{"name":"a","text":"x"},{"name":"b","text":"b"}])");
  CHECK(to_json(value_of(verdict("return { finding('a', '100%') }"))["findings"]) == R"([{"name":"a","text":"100%"}])");
  CHECK(value_of(verdict("return unfit 'see redis-down'"))["verdict"] == Value("unfit"));
  CHECK(failure(verdict("return nil")).message == "diagnose: expected finding, healthy, unfit or unclear, got nil");
  CHECK(failure(verdict("")).message == "diagnose returned nothing; return finding, healthy, unfit or unclear");
  CHECK(failure(verdict("return finding 'a', healthy 'b'")).message ==
        "diagnose: healthy stands alone; only findings come in numbers");
  const auto typo = failure(verdict("local x = found.memry return healthy 'x'"));
  CHECK(typo.text() == "book.lua:8: evidence has no memry; there are none");
}

TEST_CASE("modules beside the playbook are loaded once, while loading only") {
  Worker worker;
  worker.modules["helpers"] = "print 'loading' return { twice = function(x) return x * 2 end }";
  value_of(worker.load(Book{.evidence = "return { n = helpers.twice(21), r = pcall(require, 'other') }",
                            .diagnose = "local good, err = pcall(require, 'other') return healthy(err.message)",
                            .head = "local helpers = require 'helpers' assert(helpers == require 'helpers')"}
                           .source()));
  CHECK(worker.printed == std::vector<std::string>{"loading"});
  const auto seen = value_of(worker.look());
  CHECK(to_json(seen["readings"]["n"]) == R"({"value":42})");
  CHECK(value_of(worker.phase("diagnose"))["text"] == Value("require works while the playbook loads only"));
}

TEST_CASE("pairs is sorted, nothing shows an address, and inspect shows what is in a table") {
  Worker worker;
  value_of(worker.load(Book{.head = R"(
for k, v in pairs { b = 1, a = 2, [2] = 3, [1] = 4, [true] = 5 } do print(k, v) end
print({}, print, string.format("%s %s %d", {}, print, 3), input.redis "x", tostring(see == nil and 1))
inspect { b = { 1, "x" }, a = true })"}
                           .source()
                           .replace(0, 0, "local see\n")));
  CHECK(worker.printed == std::vector<std::string>{"1\t4", "2\t3", "a\t2", "b\t1", "true\t5",
                                                   "table\tfunction\ttable function 3\tan input\t1",
                                                   "{\n  a = true\n  b = {\n    [1] = 1\n    [2] = \"x\"\n  }\n}"});
}

TEST_CASE("targets are opaque, compare by name and serve as keys") {
  Worker worker;
  value_of(worker.load(Book{.evidence = R"(
    local set = { [arg.redis] = 1 }
    print(tostring(arg.redis), set[arg.redis], arg.redis == arg.redis, getmetatable(arg.redis), "of " .. arg.redis)
    print(pcall(function() return arg.redis.url end))
    print(pcall(function() arg.redis.name = "other" end))
    return { who = { t = arg.redis } })"}
                           .source()));
  const auto seen = value_of(worker.look());
  CHECK(worker.printed[0] == "cache-1\t1\ttrue\tfalse\tof cache-1");
  CHECK(worker.printed[1].find("a target has no fields") != std::string::npos);
  CHECK(worker.printed[2].find("cannot be changed") != std::string::npos);
  CHECK(to_json(seen["readings"]["who"]["value"]["t"]) == R"({"$target":"cache-1","kind":"redis"})");
}

TEST_CASE("what a playbook builds must be data before it crosses") {
  const auto evidence = [](const std::string& body) {
    Worker worker;
    value_of(worker.load(Book{.evidence = body}.source()));
    return failure(worker.look()).message;
  };
  CHECK(evidence("return { x = { 1, print } }") == "evidence.x.2: a function cannot be sent");
  CHECK(evidence("return { x = 0/0 }") == "evidence.x: nan cannot be sent");
  CHECK(evidence("local t = {} t.t = t return { x = t }").find("nested deeper than 16") != std::string::npos);
  CHECK(evidence("return { x = { 1, nil, 3 } }").find("a list with holes") != std::string::npos);
  CHECK(evidence("return { x = { 1, a = 3 } }").find("with names besides its positions") != std::string::npos);
  CHECK(evidence("return { x = { ['$target'] = 'other', kind = 'redis' } }").find("without a $ in front") !=
        std::string::npos);
  CHECK(evidence("return { x = ('x'):rep(2e6) }").find("1 MiB") != std::string::npos);
  CHECK(evidence("local a = {1} for i = 1, 15 do a = {a,a,a,a} end return { x = a }").find("values cannot be sent") !=
        std::string::npos);
  CHECK(evidence("return 3") == "evidence: expected a table of names and readings, got number 3");
}

TEST_CASE("only evidence looks") {
  Worker worker;
  value_of(worker.load(Book{.evidence = "kept[1] = see return {}",
                            .diagnose = "return healthy(kept[1].redis(arg.redis):ping():value())",
                            .head = "local kept = {}"}
                           .source()));
  value_of(worker.look());
  const auto error = failure(worker.phase("diagnose"));
  CHECK(error.message.find("no I/O here") == 0);
  CHECK(error.where == "book.lua:8");
  CHECK(worker.calls.empty());
}

TEST_CASE("arguments of readers are checked with the nearest known name") {
  const auto evidence = [](const std::string& body) {
    Worker worker;
    value_of(worker.load(Book{.evidence = body}.source()));
    return failure(worker.look()).text();
  };
  CHECK(evidence("return { x = see.redsi(arg.redis) }") ==
        "book.lua:5: see.redsi does not exist; did you mean \"redis\"?");
  CHECK(evidence("return { x = see.redis(arg.redis):pong() }") ==
        "book.lua:5: see.redis has no pong; did you mean \"ping\"?");
  CHECK(evidence("return { x = see.redis(arg.reids):ping() }") ==
        "book.lua:5: see.redis wants a target, got nil; is it an input of this playbook?");
  CHECK(evidence("return { x = see.redis('10.0.0.1'):ping() }") ==
        "book.lua:5: see.redis wants a target, got text \"10.0.0.1\"; targets come from inputs, never from text");
  CHECK(evidence("return { x = see.redis(arg.redis):largest_keys { sampel = 3 } }") ==
        "book.lua:5: redis.largest_keys takes no argument sampel; did you mean \"sample\"?");
  CHECK(evidence("return { x = see.redis(arg.redis):info() }") ==
        "book.lua:5: redis.info: the argument section is missing");
  CHECK(evidence("return { x = see.redis(arg.redis):info(3) }") ==
        "book.lua:5: redis.info: section: expected text, got number 3");
  CHECK(evidence("return { x = see.redis(arg.redis):info('a', 'b') }") ==
        "book.lua:5: redis.info takes 1 arguments, got 2");
  CHECK(evidence("return { x = see.redis(arg.redis).ping() }") ==
        "book.lua:5: call it with a colon: see.redis:ping(…)");
  CHECK(evidence("local x = arg.redis.y.z") ==
        "book.lua:5: a target has no fields: look at it through see or check, not with .y");
  CHECK(evidence("local x = nil + 1").find("book.lua:5: attempt to perform arithmetic") == 0);
  CHECK(evidence("x = 1") == "book.lua:5: globals cannot be set: write `local x`");
  CHECK(evidence("return { x = see.redis(arg.redis):ping():valeu() }") ==
        "book.lua:5: a reading has no valeu; did you mean \"value\"?");
}

TEST_CASE("plans and checks that are none are refused where they stand") {
  const auto phase = [](const std::string& name, const std::string& plan, const std::string& verify) {
    Worker worker;
    const auto more = "mitigations = { mitigation 'm' { answers = { 'a' },\nplan = function(found, arg) " + plan +
                      " end,\nverify = function(arg) " + verify + " end } }";
    value_of(worker.load(Book{.more = more}.source()));
    value_of(worker.look());
    Value about;
    about["mitigation"] = "m";
    return failure(worker.phase(name, about)).text();
  };
  CHECK(phase("plan", "return { change.redis_confg(arg.redis, 'x') }", "") ==
        "book.lua:11: change.redis_confg does not exist; did you mean \"redis_config\"?");
  CHECK(phase("plan", "return { change.redis_config(arg.redis, 'x', { too = 1 }) }", "") ==
        "book.lua:11: change.redis_config takes no too; did you mean \"to\"?");
  CHECK(phase("plan", "return { 3 }", "")
            .find("plan[1]: expected a change, a group, a barrier or a manual item, got number 3") !=
        std::string::npos);
  CHECK(phase("plan", "return { change.redis_config(arg.redis, 'x', { level = 9 }) }", "").find("expected 1, 2 or 3") !=
        std::string::npos);
  CHECK(phase("verify", "", "return { check.redis(arg.redis):ping() }") ==
        "book.lua:12: verify[1]: a check of redis.ping without a comparison; end it with :is(…), :below(…), "
        ":stays_flat() or the like");
  CHECK(phase("verify", "", "return { check.redis(arg.redis):ping():below {} }").find("expected a number") !=
        std::string::npos);
  CHECK(phase("verify", "", "return { check.redis(arg.redis):ping():is(1):is(2) }").find("one comparison") !=
        std::string::npos);
}

// What comes of a playbook: its text, as `runbook check` parses it, and the shape, verdict and plan that a worker
// sends, which may be any value. Nothing crashes, and an error is a line that can be shown.
#include "base/json.h"
#include "base/text.h"
#include "driver.h"
#include "lint/lua_tree.h"
#include "run/playbook.h"
#include "run/verdict.h"
#include "safety/plan.h"

namespace {

using namespace runbook;

void check(const Error& error) {
  if (error.message.empty() || error.code == Code::kInternal || error.text() != escaped(error.text())) std::abort();
}

void run_shape(const Value& value) {
  const auto book = run::playbook_from_shape(value, "book.lua", "source");
  if (!book) check(book.error());
  if (book) {
    const auto verdict = run::verdict_from(value, *book, {"memory"});
    if (verdict.kind.empty()) std::abort();
    static_cast<void>(run::verdict_value(verdict));
  }
  const auto plan = safety::Plan::from_value(value);
  if (!plan) return check(plan.error());
  // Whatever is taken for a plan has one digest, and is the same plan when it is read back.
  const auto again = safety::Plan::from_value(plan->to_value());
  if (!again || again->digest() != plan->digest()) std::abort();
}

void try_input(std::string_view input) {
  const auto tree = lint::parse_lua(input, {"playbook"});
  if (!tree && tree.error().message.empty()) std::abort();
  if (const auto value = parse_json(input)) run_shape(*value);
}

const std::vector<std::string> kCorpus = {
    "--- About.\nlocal x <const> = { 1, a = \"b\\n\", [\"c\"] = [[long]] }\nreturn playbook \"b\" { inputs = { r = "
    "input.redis "
    "\"the one\" }, evidence = function(see, arg) return { p = see.redis(arg.r):ping() } end, diagnose = "
    "function(found) if "
    "found.p then return healthy \"ok\" elseif not found.p and 1 <= 2 then goto e end ::e:: for i = 1, 2 do while true "
    "do "
    "break end end repeat local y = #x .. 'a' until nil return finding(\"f\", \"%d\", -1 ^ 2) end }\n",
    R"({"name":"b","summary":"s","alerts":["A"],"severity":"SEV-1","owner":"o","inputs":[{"name":"r","kind":"redis","label":"l","many":true,"default":{"users_of":"x"}}],"findings":{"f":"t"},"mitigations":[{"name":"m","answers":["f"],"not_while":["g"],"needs":["r"],"warning":"w","asks":["limit"],"within":"30s","holds":"3s","purpose":"hold"}],"watch":{"within":"15m","note":"n"},"follow_up":[{"after":"10m","text":"t"}]})",
    R"({"verdict":"finding","findings":[{"name":"f","text":"t","next":"n","link":{"book":"b","inputs":{"r":"x"}}}],"text":"t","unread":["m"]})",
    R"({"mitigation":"m","items":[{"kind":"change","row":"redis.config","target":"c","args":{"key":"hz"},"to":20,"from":10,"calls":[["CONFIG",{"$blob":"aa"}]],"undo":{"row":"redis.config","args":{},"to":10,"calls":[]},"guard":[{"row":"redis.ping","target":"c","args":{},"path":[],"compare":"is","operand":"PONG","lasting_ms":5}],"level":2,"member":{"group":1,"name":"c","may_fail":1}},{"kind":"barrier","checks":[],"within_ms":5,"holds_ms":1,"text":"t"},{"kind":"manual","what":"w","expects":"e","commands":["x"],"undo":{"what":"w","expects":"e","commands":[]}}],"fixed_when":{"checks":[],"within_ms":1,"holds_ms":0},"watch":{"checks":[],"within_ms":7,"note":"n"},"chosen":{"a":1}})",
};

}  // namespace

int main(int argc, char** argv) { return fuzz::fuzz_main(argc, argv, kCorpus, try_input); }

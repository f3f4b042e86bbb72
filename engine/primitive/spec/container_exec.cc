// A command inside a container that changes something.
//
// What it does is its own affair: nothing reads it back, so the author says how it is taken back, by another command or
// not at all. What became of it docker tells by an id, for some minutes after it ended. The id is given before the
// command starts and is on record by then, so whoever is cut off can still be told: not started, running, its exit
// code.
#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "primitive/spec/change_rows.h"
#include "primitive/spec/container_words.h"
#include "primitive/spec/row_parts.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::Change;
using safety::ChangeRow;
using safety::Inverse;
using safety::Seen;
using safety::StateCall;
using safety::Words;

Result<Value> normalise(const Value& args, const Value& to) {
  RUNBOOK_CHECK(check_waits(args));
  RUNBOOK_CHECK(argv_in(args["argv"], "argv"));
  if (!args["undo"].is_null()) RUNBOOK_CHECK(argv_in(args["undo"], "undo"));
  if (!to.is_null()) return usage("this change takes no { to = … }");
  return Value();
}

StateCall state(const Value& /*args*/) { return {.row = "container.exec_state", .args = Value::Map{}}; }

// A command that did not start is none: the container is as it was.
Seen seen(const Value& reading) {
  Value now = Value::Map{};
  for (const auto* key : {"id", "name", "started", "running"}) now[key] = reading[key];
  const auto status = reading["exec"]["status"].text_or("not_started");
  if (status != "not_started") now["exec"] = reading["exec"];
  return {.state = std::move(now), .blob = {}};
}

std::string unfit(const Change& change) {
  if (!std::as_const(change.from)["running"].bool_or(false)) return "it does not run, and so runs no command";
  if (!std::as_const(change.args)["undo"].is_null() || !change.irreversible.empty()) return {};
  return "nothing reads back what a command did: say undo = { \"program\", … } for the one that takes it back, or "
         "irreversible = \"why\"";
}

bool ended_well(const Value& state) { return state["exec"]["exit_code"] == Value(0); }

// Without a handle it is the way back that asks: the command stands, wherever it ran, for as long as its container runs
// on.
bool took_place(const Change& change, const Value& state) {
  if (!change.handle.is_null()) return ended_well(state);
  return state["id"] == std::as_const(change.from)["id"];
}

bool ended_ill(const Change& /*change*/, const Value& state) {
  return !state["exec"]["exit_code"].is_null() && !ended_well(state);
}

std::string shown(const Value& argv) { return safety::command_text(argv.items()); }

bool describe(Change& change) {
  const auto& args = std::as_const(change.args);
  const Value body = Value::Map{{"AttachStderr", true}, {"AttachStdout", true}, {"Cmd", args["argv"]}};
  change.calls = {post(short_id(std::as_const(change.from)["id"].text_or("")), "exec", body),
                  {"POST", "/exec/ID/start", R"({"Detach":false,"Tty":false})"}};
  change.text = "run " + shown(args["argv"]) + " in " + container_text(change);
  change.comparing =
      "cannot be compared: docker tells what became of the command by the id that it gives it, and its exit code says "
      "whether it went well";
  if (args["undo"].is_null()) return false;
  change.to = change.from;
  Value back = Value::Map{{"argv", args["undo"]}, {"undo", args["argv"]}};
  if (!args["within"].is_null()) back["within"] = args["within"];
  change.undo = Inverse{.row = change.row, .args = std::move(back), .to = {}};
  return false;
}

constexpr ArgSpec kArgs[] = {
    {"argv", ArgType::kArgv, true, "the program and its arguments, each a text of its own; no shell reads them",
     "rm /tmp/maintenance"},
    {"undo", ArgType::kArgv, false, "the command that takes it back", "touch /tmp/maintenance"},
    {"within", ArgType::kNumber, false, "seconds in which it must end: 60 unless said; docker cannot stop it then",
     "60"}};

const ChangeRow kRows[] = {
    {.name = "container.exec",
     .kind = "container",
     .args = kArgs,
     .doc =
         "Runs a command inside a container. It needs undo, or irreversible = \"why\"; an exit code other than 0 is a "
         "failure.",
     .to_doc = "",
     .action = true,
     .took_place = took_place,
     .by_handle = true,
     .partly = ended_ill,
     .tells_both_ways = true,
     .normalise = normalise,
     .state_call = state,
     .seen = seen,
     .unfit = unfit,
     .describe = describe,
     .by_hand = [](const Change&) { return std::vector<std::string>{"{client} exec {container} {argv}"}; }},
};

}  // namespace

std::span<const ChangeRow> container_exec_change_rows() { return kRows; }

}  // namespace runbook::primitive

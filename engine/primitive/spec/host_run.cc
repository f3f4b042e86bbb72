// A command on a host that changes something.
//
// What it does is its own affair, so the author says what shows it: `state` is a command that only looks, and `to` what
// it says then. With both a change is compared, skipped when it is so already, settled when the connection was lost in
// the middle, and may have a way back (`undo`). Without them its exit code alone tells, and a lost one stays in doubt.
#include "base/remote_command.h"
#include "base/text.h"
#include "primitive/spec/change_rows.h"
#include "primitive/spec/host_words.h"
#include "primitive/spec/row_parts.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::Change;
using safety::ChangeRow;
using safety::Inverse;
using safety::StateCall;
using safety::Words;

constexpr auto kCarried = std::to_array<std::string_view>({"directory", "env", "state", "within"});
constexpr std::size_t kMostInput = 32'768;

Result<std::map<std::string, std::string>> variables_of(const Value& env) {
  std::map<std::string, std::string> variables;
  for (const auto& [name, value] : env.members()) {
    if (value.as_text() == nullptr) return usage("the variable " + escaped(name, 60) + " of env wants a text");
    variables[name] = *value.as_text();
  }
  return variables;
}

// The command as it is sent, but for sudo.
Result<std::vector<std::string>> with_variables(const Value& args) {
  RUNBOOK_TRY(argv, host_argv(args["argv"], "argv"));
  if (args["env"].is_null()) return argv;
  RUNBOOK_TRY(variables, variables_of(args["env"]));
  return in_environment(variables, argv);
}

Result<Value> normalise(const Value& args, const Value& to) {
  RUNBOOK_CHECK(check_seconds(args, "within", 1, kLongestSeconds));
  RUNBOOK_CHECK(with_variables(args));
  const auto directory = args["directory"].text_or("/");
  if (!directory.starts_with('/')) return usage("directory is absolute, such as /srv/app");
  if (args["input"].text_or("").size() > kMostInput)
    return usage("input is at most 32 KiB: all of it stands in the plan");
  if (!args["state"].is_null()) RUNBOOK_CHECK(host_argv(args["state"], "state"));
  if (!args["undo"].is_null()) {
    RUNBOOK_CHECK(host_argv(args["undo"], "undo"));
    if (args["state"].is_null() || to.is_null())
      return usage("undo needs state and to: nothing else tells whether there is something to take back",
                   "state = { \"cat\", \"/path\" }, to = { stdout = \"…\" }; or irreversible = \"why\"");
  }
  if (to.is_null()) return Value();
  if (args["state"].is_null()) return usage("to needs state = { \"program\", … }: the command that shows it");
  const bool sound = to.as_map() != nullptr && !to.members().empty() &&
                     std::all_of(to.members().begin(), to.members().end(), [](const auto& member) {
                       return member.first == "stdout" || member.first == "exit_code" || member.first == "sha256";
                     });
  if (!sound)
    return usage("to is what state says then: { stdout = \"…\" }, { exit_code = 0 } or both; above 1 KiB, sha256");
  return to;
}

StateCall state_call(const Value& args) {
  StateCall call{.row = "host.state", .args = Value::Map{}};
  if (!args["state"].is_null()) call.args["argv"] = args["state"];
  return call;
}

std::string shown(const Value& argv) { return safety::command_text(argv.items()); }

// In the order in which words_of (base/remote_command.h) writes them.
Words words_of_change(const Change& change) {
  const auto& args = std::as_const(change.args);
  const auto argv = with_variables(args);
  const RemoteCommand around{.directory = std::string(args["directory"].text_or("")),
                             .input = std::string(args["input"].text_or(""))};
  Words words;
  for (auto& word : words_of(around)) words.emplace_back(std::move(word));
  const auto command = host_call(change, argv ? *argv : words_in(args["argv"]));
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

bool describe(Change& change) {
  const auto& args = std::as_const(change.args);
  change.calls = {words_of_change(change)};
  change.text = "run " + shown(args["argv"]) + " on " + change.target;
  if (args["state"].is_null()) {
    change.comparing =
        "cannot be compared: nothing says where its state shows; its exit code alone tells whether it went well";
  } else {
    change.comparing = "leaves a window: " + shown(args["state"]) + " is asked again right before";
  }
  if (args["undo"].is_null()) {
    change.irreversible = "nobody said how it is taken back";
    return false;
  }
  Value::Map back{{"argv", args["undo"]}, {"undo", args["argv"]}};
  for (const auto name : kCarried) {
    if (!args[name].is_null()) back[std::string(name)] = args[name];
  }
  change.undo = Inverse{.row = change.row, .args = way_back_args(change, std::move(back)), .to = change.from};
  return false;
}

constexpr ArgSpec kArgs[] = {
    {"argv", ArgType::kArgv, true, "the program and its arguments, each a text of its own; no shell reads them",
     "rm /srv/app/maintenance"},
    {"input", ArgType::kText, false, "what it reads on its standard input", "yes"},
    {"directory", ArgType::kText, false, "where it is begun", "/srv/app"},
    {"env", ArgType::kTable, false, "variables of its environment, text by name", "{ RAILS_ENV = \"production\" }"},
    {"within", ArgType::kNumber, false, "seconds in which it must end: 120 unless said; then it is ended on the host",
     "120"},
    {"state", ArgType::kArgv, false, "a command that only looks and shows the state that it changes",
     "cat /srv/app/maintenance"},
    {"undo", ArgType::kArgv, false, "the command that takes it back; needs state and to",
     "touch /srv/app/maintenance"}};

const ChangeRow kRows[] = {
    {.name = "host.run",
     .kind = "ssh",
     .args = kArgs,
     .doc = "Runs a command on a host; an exit code other than 0 is a failure.",
     .to_doc = "what state says then: { stdout = \"…\" }, { exit_code = 1 } or both; may be left out",
     .proven = true,
     .took_place = shows_what_was_named,
     .normalise = normalise,
     .state_call = state_call,
     .seen = as_read,
     .describe = describe,
     .by_hand = [](const Change&) { return std::vector<std::string>{"{client} {argv}"}; }},
};

}  // namespace

std::span<const ChangeRow> host_run_change_rows() { return kRows; }

}  // namespace runbook::primitive

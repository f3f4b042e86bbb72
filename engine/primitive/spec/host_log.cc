// A log that fills a disk, cut to nothing. Its file stays, so that who writes to it goes on: a file that is removed
// takes its room with it until its writer ends.
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
using safety::Seen;
using safety::StateCall;

constexpr double kLinesKept = 5000;

StateCall state(const Value& args) {
  return {.row = "host.log", .args = Value::Map{{"path", args["path"]}, {"lines", 1}}};
}

// Not how large it is: it grows while somebody thinks.
Seen seen(const Value& reading) {
  Value now = Value::Map{};
  for (const auto* key : {"kind", "owner", "links"}) now[key] = reading[key];
  return {.state = std::move(now), .blob = {}};
}

std::string unfit(const Change& change) {
  const auto kind = std::string(std::as_const(change.from)["kind"].text_or("file"));
  return kind == "file" ? "" : "it is a " + kind + ", and no log is cut through it";
}

std::vector<StateCall> last_words(const Change& change) {
  return {{.row = "host.log", .args = Value::Map{{"path", std::as_const(change.args)["path"]}, {"lines", kLinesKept}}}};
}

bool describe(Change& change) {
  const auto path = std::string(std::as_const(change.args)["path"].text_or(""));
  change.calls = {host_call(change, {"truncate", "-c", "-s", "0", "--", path})};
  change.text = "cut " + path + " of " + change.target + " to nothing";
  change.comparing =
      "leaves a window: what the file is is read again right before, and what is written to it until then goes too";
  change.irreversible = "what it held is gone, but for its last lines, which are kept";
  change.destroys = {"all that is in " + path + " but its last lines"};
  return true;
}

constexpr ArgSpec kArgs[] = {
    {"path", ArgType::kText, true, "the log: a file that may be read (docs/readonly-commands.md)", "/var/log/app.log"}};

const ChangeRow kRows[] = {
    {.name = "host.truncate_log",
     .kind = "ssh",
     .args = kArgs,
     .doc = "Cuts a log to nothing; who writes to it goes on. Its last 5,000 lines are kept before; always of level 3.",
     .to_doc = "",
     .action = true,
     .proven = true,
     .captures = last_words,
     .normalise = no_to,
     .state_call = state,
     .seen = seen,
     .unfit = unfit,
     .describe = describe,
     .by_hand = [](const Change&) { return std::vector<std::string>{"{client} truncate -c -s 0 {path}"}; }},
};

}  // namespace

std::span<const ChangeRow> host_log_change_rows() { return kRows; }

}  // namespace runbook::primitive

// Whether a unit of systemd runs, and what makes it begin anew.
//
// systemd gives each time that a unit is started a name of its own, its invocation id: by it a restart is known to have
// taken place, whatever became of the connection. A unit that does not run has none. A reload leaves it, and shows in
// the time of the last change of state.
#include <array>

#include "base/text.h"
#include "primitive/spec/change_rows.h"
#include "primitive/spec/host_words.h"
#include "primitive/spec/row_parts.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::Change;
using safety::ChangeRow;
using safety::Inverse;
using safety::Seen;
using safety::StateCall;

constexpr std::string_view kReadBefore =
    "leaves a window: systemd has no atomic compare; it is read again right before";

Result<Value> normalise(const Value& args, const Value& to) {
  RUNBOOK_CHECK(check_unit(args["unit"].text_or("")));
  RUNBOOK_CHECK(check_seconds(args, "within", 1, kLongestSeconds));
  return no_to(args, to);
}

StateCall state(const Value& args) { return {.row = "host.unit", .args = Value::Map{{"unit", args["unit"]}}}; }

// What a unit that is on its way is called for is what it is on its way to.
std::string_view settled(std::string_view active) {
  if (active == "activating" || active == "reloading") return "active";
  return active == "deactivating" ? "inactive" : active;
}

Seen seen(const Value& reading) {
  Value now = Value::Map{{"active", settled(reading["active"].text_or(""))}};
  for (const auto* key : {"name", "invocation", "once"}) now[key] = reading[key];
  return {.state = std::move(now), .blob = {}};
}

Seen seen_with_time(const Value& reading) {
  auto now = seen(reading);
  now.state["changed"] = reading["changed"];
  return now;
}

bool runs(const Value& state) { return state["active"].text_or("") == "active"; }
bool is_running(const Change& /*change*/, const Value& state) { return runs(state); }
bool is_stopped(const Change& /*change*/, const Value& state) { return !runs(state); }

bool began_anew(const Change& change, const Value& state) {
  const auto& invocation = state["invocation"];
  return !invocation.text_or("").empty() && !(invocation == std::as_const(change.from)["invocation"]);
}

bool was_reloaded(const Change& change, const Value& state) {
  const auto& from = std::as_const(change.from);
  return state["invocation"] == from["invocation"] && !(state["changed"] == from["changed"]);
}

std::string unfit_to_start(const Change& change) {
  if (!std::as_const(change.from)["once"].bool_or(false)) return {};
  return "the unit does its work and ends: change.unit_run starts such a one";
}

std::string unfit_to_run(const Change& change) {
  const auto& from = std::as_const(change.from);
  if (!from["once"].bool_or(false)) return "the unit goes on running: change.unit_start starts such a one";
  return runs(from) ? "it runs just now" : "";
}

std::string unfit_to_reload(const Change& change) {
  return runs(std::as_const(change.from)) ? "" : "the unit does not run, and so reloads nothing";
}

// The journal stays when a unit ends, but a small one soon holds other things.
std::vector<StateCall> last_words(const Change& change) {
  const auto& unit = std::as_const(change.args)["unit"];
  return {{.row = "host.journal", .args = Value::Map{{"unit", unit}, {"lines", 500}}},
          {.row = "host.unit", .args = Value::Map{{"unit", unit}}}};
}

void describe_as(Change& change, const std::string& verb) {
  const auto unit = std::string(std::as_const(change.args)["unit"].text_or(""));
  change.calls = {host_call(change, {"systemctl", "--no-ask-password", verb, unit})};
  change.text = verb + " the unit " + unit + " of " + change.target;
  change.comparing = kReadBefore;
}

Inverse the_other(const Change& change, std::string_view row) {
  Value::Map args{{"unit", std::as_const(change.args)["unit"]}};
  if (const auto& within = std::as_const(change.args)["within"]; !within.is_null()) args["within"] = within;
  return {.row = std::string(row), .args = way_back_args(change, std::move(args)), .to = {}};
}

bool describe_start(Change& change) {
  describe_as(change, "start");
  change.undo = the_other(change, "unit.stop");
  return false;
}

bool describe_stop(Change& change) {
  describe_as(change, "stop");
  if (std::as_const(change.from)["once"].bool_or(false))
    change.irreversible = "it ends in the middle of its work";
  else
    change.undo = the_other(change, "unit.start");
  return false;
}

bool describe_restart(Change& change) {
  describe_as(change, "restart");
  change.comparing += "; it has taken place when systemd gives it another invocation id";
  if (runs(std::as_const(change.from)) || change.from.is_null()) {
    if (change.nothing_to_undo.empty()) change.nothing_to_undo = "it runs again by itself";
  } else {
    change.undo = the_other(change, "unit.stop");
  }
  return false;
}

bool describe_reload(Change& change) {
  describe_as(change, "reload");
  if (change.nothing_to_undo.empty()) change.nothing_to_undo = "it goes on with what its files say";
  return false;
}

bool describe_run(Change& change) {
  describe_as(change, "start");
  change.text = "run the unit " + std::string(std::as_const(change.args)["unit"].text_or("")) + " of " + change.target +
                " once, to its end";
  change.irreversible = "what it does when it runs nobody takes back";
  return false;
}

constexpr ArgSpec kArgs[] = {
    {"unit", ArgType::kText, true, "its name, with or without .service", "redis-server"},
    {"within", ArgType::kNumber, false, "seconds that systemd has for it: 120 unless said", "120"}};

std::vector<std::string> typed(std::string_view verb) {
  return {"{client} systemctl " + std::string(verb) + " {unit}"};
}

const std::array<ChangeRow, 5> kRows = {{
    {.name = "unit.restart",
     .kind = "ssh",
     .args = kArgs,
     .doc = "Restarts a unit of systemd. Its journal and its state are kept before; level 3 where they cannot be.",
     .to_doc = "",
     .action = true,
     .took_place = began_anew,
     .captures = last_words,
     .normalise = normalise,
     .state_call = state,
     .seen = seen,
     .describe = describe_restart,
     .by_hand = [](const Change&) { return typed("restart"); }},
    {.name = "unit.start",
     .kind = "ssh",
     .args = kArgs,
     .doc = "Starts a unit of systemd that was stopped; its undo stops it.",
     .to_doc = "",
     .took_place = is_running,
     .normalise = normalise,
     .state_call = state,
     .seen = seen,
     .unfit = unfit_to_start,
     .describe = describe_start,
     .by_hand = [](const Change&) { return typed("start"); }},
    {.name = "unit.stop",
     .kind = "ssh",
     .args = kArgs,
     .doc =
         "Stops a unit of systemd; its undo starts it. Its journal and its state are kept before; level 3 where they "
         "cannot be.",
     .to_doc = "",
     .took_place = is_stopped,
     .captures = last_words,
     .normalise = normalise,
     .state_call = state,
     .seen = seen,
     .describe = describe_stop,
     .by_hand = [](const Change&) { return typed("stop"); }},
    {.name = "unit.reload",
     .kind = "ssh",
     .args = kArgs,
     .doc = "Makes a unit of systemd read its configuration again, without an end to it.",
     .to_doc = "",
     .action = true,
     .took_place = was_reloaded,
     .normalise = normalise,
     .state_call = state,
     .seen = seen_with_time,
     .unfit = unfit_to_reload,
     .describe = describe_reload,
     .by_hand = [](const Change&) { return typed("reload"); }},
    {.name = "unit.run",
     .kind = "ssh",
     .args = kArgs,
     .doc = "Runs a unit that does its work and ends (Type=oneshot), such as the renewal of a certificate.",
     .to_doc = "",
     .action = true,
     .proven = true,
     .took_place = began_anew,
     .normalise = normalise,
     .state_call = state,
     .seen = seen,
     .unfit = unfit_to_run,
     .describe = describe_run,
     .by_hand = [](const Change&) { return typed("start"); }},
}};

}  // namespace

std::span<const ChangeRow> unit_change_rows() { return kRows; }

}  // namespace runbook::primitive

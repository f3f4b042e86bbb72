// Whether a container runs, and what makes it begin anew.
//
// Calls name the container by its id, as `from` has it: one that was put in its place meanwhile is left alone. That a
// container is being restarted again and again is not a state of its own: for who wants to stop it, it runs.
#include <algorithm>
#include <array>

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

// docker stop waits so long before it kills.
constexpr ArgSpec kTimeout[] = {{"timeout", ArgType::kNumber, false,
                                 "seconds that it has to end by itself before it is killed: 10 unless said", "10"}};

constexpr std::string_view kSignals[] = {"HUP", "INT", "KILL", "QUIT", "TERM", "USR1", "USR2"};
constexpr ArgSpec kSignal[] = {{"signal", ArgType::kText, true, "the signal", "HUP", kSignals}};

Result<Value> normalise(const Value& args, const Value& to) {
  RUNBOOK_CHECK(check_waits(args));
  return no_to(args, to);
}

Seen status_seen(const Value& reading) {
  if (reading.as_map() == nullptr) return {};
  const auto status = reading["status"].text_or("");
  return {.state = Value::Map{{"id", reading["id"]},
                              {"name", reading["name"]},
                              {"status", status == "restarting" ? "running" : status},
                              {"auto_remove", reading["auto_remove"]}},
          .blob = {}};
}

// When it began to run, too: what tells one run of it from the next.
Seen run_seen(const Value& reading) {
  auto seen = status_seen(reading);
  if (!seen.state.is_null()) seen.state["started"] = reading["started"];
  return seen;
}

bool has_status(const Change& change, std::string_view status) {
  return std::as_const(change.from)["status"].text_or("") == status;
}

bool reached_status(const Change& change, const Value& state) { return state == change.to; }

// Of a container that goes when it stops, the state cannot be read any more; its logs and what it was go with it.
bool goes_when_it_stops(const Change& change) { return std::as_const(change.from)["auto_remove"].bool_or(false); }

std::vector<StateCall> last_words(const Change& /*change*/) {
  return {{.row = "container.logs", .args = Value::Map{{"tail", 5000}}},
          {.row = "container.state", .args = Value::Map{}}};
}

std::vector<StateCall> last_words_when_it_goes(const Change& change) {
  return goes_when_it_stops(change) ? last_words(change) : std::vector<StateCall>();
}

// Sets the status; its inverse sets it back, where it was `other` before.
void describe_status(Change& change, std::string_view verb, std::string_view status, std::string_view other,
                     std::string_view inverse) {
  const bool known = change.from.as_map() != nullptr;
  if (known) {
    change.to = change.from;
    change.to["status"] = status;
  }
  const bool stops = verb == "stop";
  change.calls = {post(change, std::string(verb) + (stops ? "?t=" + grace(change.args) : std::string()))};
  change.text = std::string(verb) + " " + container_text(change);
  change.comparing = std::string(kReadAgain);
  if (known && !has_status(change, other) && !has_status(change, status)) {
    change.irreversible =
        "it is " + escaped(std::as_const(change.from)["status"].text_or(""), 20) + " now, and nothing brings that back";
  } else {
    change.undo = Inverse{.row = std::string(inverse), .args = Value::Map{}, .to = {}};
  }
}

bool describe_stop(Change& change) {
  describe_status(change, "stop", "exited", "running", "container.start");
  if (!goes_when_it_stops(change)) return false;
  change.undo.reset();
  change.irreversible = "docker removes it as soon as it stops (--rm)";
  change.destroys = {"the container, with all that it wrote outside of named volumes: it was started with --rm"};
  return true;
}

bool describe_start(Change& change) {
  describe_status(change, "start", "running", "exited", "container.stop");
  return false;
}

bool describe_pause(Change& change) {
  describe_status(change, "pause", "paused", "running", "container.unpause");
  return false;
}

bool describe_unpause(Change& change) {
  describe_status(change, "unpause", "running", "paused", "container.pause");
  return false;
}

// ---- container.restart

bool began_anew(const Change& change, const Value& state) {
  const auto& from = std::as_const(change.from);
  return state["id"] == from["id"] && !state["started"].is_null() && !(state["started"] == from["started"]);
}

bool describe_restart(Change& change) {
  change.calls = {post(change, "restart?t=" + grace(change.args))};
  change.text = "restart " + container_text(change);
  change.comparing = std::string(kReadAgain) + "; it has taken place when it started later than now";
  if (has_status(change, "running") || change.from.is_null()) {
    if (change.nothing_to_undo.empty()) change.nothing_to_undo = "it runs again by itself";
  } else {
    change.undo = Inverse{.row = "container.stop", .args = Value::Map{}, .to = {}};
  }
  return false;
}

// ---- container.kill

bool ended_or_began_anew(const Change& change, const Value& state) {
  const auto& from = std::as_const(change.from);
  return state["id"] == from["id"] && !(state["started"] == from["started"] && state["status"] == from["status"]);
}

bool describe_kill(Change& change) {
  const auto signal = std::string(std::as_const(change.args)["signal"].text_or(""));
  change.calls = {post(change, "kill?signal=SIG" + signal)};
  change.text = "send SIG" + signal + " to " + container_text(change);
  change.irreversible = "a signal cannot be taken back";
  change.comparing = kReadAgain;
  return false;
}

StateCall state(const Value& /*args*/) { return {.row = "container.state", .args = Value::Map{}}; }

std::vector<std::string> typed(std::string_view words) { return {"{client} " + std::string(words) + " {container}"}; }

const std::array<ChangeRow, 6> kRows = {{
    {.name = "container.stop",
     .kind = "container",
     .args = kTimeout,
     .doc = "Stops a container; its undo starts it again.",
     .to_doc = "",
     .took_place = reached_status,
     .captures = last_words_when_it_goes,
     .normalise = normalise,
     .state_call = state,
     .seen = status_seen,
     .describe = describe_stop,
     .by_hand = [](const Change&) { return typed("stop {--time timeout}"); }},
    {.name = "container.start",
     .kind = "container",
     .args = {},
     .doc = "Starts a container that was stopped; its undo stops it.",
     .to_doc = "",
     .took_place = reached_status,
     .normalise = normalise,
     .state_call = state,
     .seen = status_seen,
     .describe = describe_start,
     .by_hand = [](const Change&) { return typed("start"); }},
    {.name = "container.pause",
     .kind = "container",
     .args = {},
     .doc = "Freezes a container as it is; its undo lets it go on.",
     .to_doc = "",
     .took_place = reached_status,
     .normalise = normalise,
     .state_call = state,
     .seen = status_seen,
     .describe = describe_pause,
     .by_hand = [](const Change&) { return typed("pause"); }},
    {.name = "container.unpause",
     .kind = "container",
     .args = {},
     .doc = "Lets a container go on that was frozen; its undo freezes it.",
     .to_doc = "",
     .took_place = reached_status,
     .normalise = normalise,
     .state_call = state,
     .seen = status_seen,
     .describe = describe_unpause,
     .by_hand = [](const Change&) { return typed("unpause"); }},
    {.name = "container.restart",
     .kind = "container",
     .args = kTimeout,
     .doc = "Restarts a container. Its logs and its state are kept before; level 3 where they cannot be.",
     .to_doc = "",
     .action = true,
     .took_place = began_anew,
     .captures = last_words,
     .normalise = normalise,
     .state_call = state,
     .seen = run_seen,
     .describe = describe_restart,
     .by_hand = [](const Change&) { return typed("restart {--time timeout}"); }},
    {.name = "container.kill",
     .kind = "container",
     .args = kSignal,
     .doc = "Sends a signal to the first process of a container. Its logs and its state are kept before.",
     .to_doc = "",
     .action = true,
     .proven = true,
     .took_place = ended_or_began_anew,
     .captures = last_words,
     .normalise = normalise,
     .state_call = state,
     .seen = run_seen,
     .describe = describe_kill,
     .by_hand = [](const Change&) { return typed("kill {--signal signal}"); }},
}};

}  // namespace

std::span<const ChangeRow> container_change_rows() { return kRows; }

}  // namespace runbook::primitive

// Removing what nothing uses any more, and what was kept when a container was made anew.
//
// Nothing here asks the daemon to choose: what goes is removed one by one, by its id, as the plan lists it
// (docs/decisions/026). What was put to use meanwhile the daemon refuses to remove.
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
using safety::StateCall;

constexpr auto kKinds = std::to_array<std::string_view>({"containers", "images", "volumes"});
constexpr std::size_t kNamed = 5;  // in a sentence; the calls name all

Result<Value> normalise_prune(const Value& args, const Value& to) {
  for (const auto& kind : args["kinds"].items()) {
    if (std::find(kKinds.begin(), kKinds.end(), kind.text_or("")) == kKinds.end())
      return usage("kinds are containers, images and volumes, not " + escaped(to_json(kind), 40));
  }
  if (args["kinds"].items().empty()) return usage("kinds is a list, such as { \"containers\", \"images\" }");
  if (const auto& age = args["older_than"]; !age.is_null() && !parse_duration(age.text_or("")))
    return usage("older_than wants a duration, such as \"72h\", got " + escaped(to_json(age), 40));
  return no_to(args, to);
}

StateCall unused(const Value& args) {
  StateCall call{.row = "docker.unused", .args = Value::Map{{"kinds", args["kinds"]}}};
  if (!args["older_than"].is_null()) call.args["older_than"] = args["older_than"];
  return call;
}

std::string_view key_of(std::string_view kind) { return kind == "volumes" ? "name" : "id"; }

template <class Visit>
void each_unused(const Value& state, Visit visit) {
  for (const auto kind : kKinds) {
    for (const auto& one : state[kind].items()) visit(kind, one);
  }
}

std::size_t left_of(const Change& change, const Value& state) {
  std::size_t left = 0;
  each_unused(change.from, [&](std::string_view kind, const Value& one) {
    const auto& now = state[kind].items();
    const auto same = [&](const Value& other) { return other[key_of(kind)] == one[key_of(kind)]; };
    left += static_cast<std::size_t>(std::any_of(now.begin(), now.end(), same));
  });
  return left;
}

std::size_t count_of(const Value& state) {
  std::size_t count = 0;
  each_unused(state, [&](std::string_view, const Value&) { ++count; });
  return count;
}

bool all_gone(const Change& change, const Value& state) { return left_of(change, state) == 0; }

bool some_gone(const Change& change, const Value& state) {
  const auto left = left_of(change, state);
  return left > 0 && left < count_of(change.from);
}

std::string nothing_unused(const Change& change) {
  return count_of(change.from) > 0 ? std::string()
                                   : "nothing of that is unused for so long: there is nothing to remove";
}

// Of "sha256:3f2a…".
std::string_view digits_of(std::string_view id) { return id.substr(id.find(':') + 1); }

std::string one_text(std::string_view kind, const Value& one) {
  const auto name =
      kind == "images" ? short_id(digits_of(one["id"].text_or(""))) : escaped(one["name"].text_or(""), 60);
  return name + " (" + bytes_text(one["bytes"].number_or(0)) + ")";
}

// "2 containers: web.before-3f2a (12 KiB), job (0 B)"; empty when there are none.
std::string some_text(std::string_view kind, const Value::List& list) {
  if (list.empty()) return {};
  std::vector<std::string> names;
  for (const auto& one : list) {
    if (names.size() < kNamed) names.push_back(one_text(kind, one));
  }
  const auto more = list.size() - names.size();
  if (more > 0) names.push_back("and " + std::to_string(more) + " more");
  return std::to_string(list.size()) + " " + std::string(kind.substr(0, kind.size() - (list.size() == 1 ? 1 : 0))) +
         ": " + join(names, ", ");
}

// One call for each, and what they hold.
double describe_removal(Change& change) {
  const auto& from = std::as_const(change.from);
  double bytes = 0;
  change.calls.clear();
  each_unused(from, [&](std::string_view kind, const Value& one) {
    const auto name = std::string(one[key_of(kind)].text_or(""));
    change.calls.push_back({"DELETE", "/" + std::string(kind) + "/" + name + (kind == "images" ? "?noprune=1" : "")});
    bytes += one["bytes"].number_or(0);
  });
  for (const auto kind : kKinds) {
    if (auto text = some_text(kind, from[kind].items()); !text.empty()) change.destroys.push_back(std::move(text));
  }
  change.irreversible = "docker keeps nothing of what was removed";
  change.comparing = "safe: each is named by its id, and docker refuses to remove what is used again";
  return bytes;
}

bool describe_prune(Change& change) {
  const auto bytes = describe_removal(change);
  if (change.from.as_map() == nullptr)
    change.calls = {{"DELETE", "/containers/ID"}, {"DELETE", "/images/ID?noprune=1"}};
  change.text = "remove what nothing uses on " + change.target + ": " + std::to_string(count_of(change.from)) +
                " things, which hold " + bytes_text(bytes);
  return true;
}

std::vector<StateCall> inspected(const Change& change) {
  std::vector<StateCall> calls;
  for (const auto& one : std::as_const(change.from)["containers"].items())
    calls.push_back({.row = "docker.last_words", .args = Value::Map{{"container", one["id"]}}});
  for (const auto& one : std::as_const(change.from)["images"].items())
    calls.push_back({.row = "docker.image", .args = Value::Map{{"image", one["id"]}}});
  return calls;
}

std::vector<std::string> pruned_by_hand(const Change& change) {
  std::vector<std::string> lines;
  each_unused(change.from, [&](std::string_view kind, const Value& one) {
    const auto* verb = kind == "containers" ? "rm " : kind == "images" ? "image rm " : "volume rm ";
    lines.push_back("{client} " + (verb + std::string(one[key_of(kind)].text_or(""))));
  });
  if (lines.empty()) lines = {"{client} system df --verbose", "# docker rm, docker image rm, docker volume rm of each"};
  return lines;
}

// ---- container.remove_kept

StateCall kept(const Value& /*args*/) { return {.row = "container.kept", .args = Value::Map{}}; }

std::string nothing_kept(const Change& change) {
  return count_of(change.from) > 0 ? std::string() : "no container was kept beside it: there is nothing to remove";
}

bool describe_remove_kept(Change& change) {
  describe_removal(change);
  if (change.from.as_map() == nullptr) change.calls = {{"DELETE", "/containers/ID"}};
  change.text = "remove the containers that were kept when " + change.target + " was made anew";
  change.destroys.emplace_back("the way back of the runs that made it anew");
  return true;
}

std::vector<StateCall> last_words(const Change& change) {
  std::vector<StateCall> calls;
  for (const auto& one : std::as_const(change.from)["containers"].items())
    calls.push_back({.row = "container.kept_words", .args = Value::Map{{"container", one["id"]}}});
  return calls;
}

// ---- rows

constexpr ArgSpec kPruneArgs[] = {
    {"kinds", ArgType::kArgv, true, "of containers, images and volumes", "containers images"},
    {"older_than", ArgType::kText, false, "what ended or was made so long ago: 24h unless said", "72h"}};

const std::array<ChangeRow, 2> kRows = {{
    {.name = "docker.prune",
     .kind = "docker",
     .args = kPruneArgs,
     .doc =
         "Removes what nothing uses any more: just what the plan lists, one by one. Logs and states are kept before; "
         "always of level 3.",
     .to_doc = "",
     .action = true,
     .took_place = all_gone,
     .partly = some_gone,
     .tells_both_ways = true,
     .captures = inspected,
     .normalise = normalise_prune,
     .state_call = unused,
     .seen = as_read,
     .unfit = nothing_unused,
     .describe = describe_prune,
     .by_hand = pruned_by_hand},
    {.name = "container.remove_kept",
     .kind = "container",
     .args = {},
     .doc =
         "Removes the containers NAME.before-ID and NAME.after-ID that were kept when it was made anew. Their logs and "
         "states are kept before; always of level 3.",
     .to_doc = "",
     .action = true,
     .took_place = all_gone,
     .partly = some_gone,
     .tells_both_ways = true,
     .captures = last_words,
     .normalise = no_to,
     .state_call = kept,
     .seen = as_read,
     .unfit = nothing_kept,
     .describe = describe_remove_kept,
     .by_hand = pruned_by_hand},
}};

}  // namespace

std::span<const ChangeRow> prune_change_rows() { return kRows; }

}  // namespace runbook::primitive

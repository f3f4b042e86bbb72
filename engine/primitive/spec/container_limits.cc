// What a container may use, whether docker starts it again, and that it is there at all.
#include <array>
#include <cmath>

#include "base/json.h"
#include "base/text.h"
#include "primitive/spec/change_rows.h"
#include "primitive/spec/container_words.h"
#include "primitive/spec/row_parts.h"

namespace runbook::primitive {

namespace {

using safety::Change;
using safety::ChangeRow;
using safety::Inverse;
using safety::Seen;
using safety::StateCall;

constexpr double kLeastMemory = 6.0 * (1 << 20);  // docker's own
constexpr double kNano = 1e9;

StateCall state(const Value& /*args*/) { return {.row = "container.state", .args = Value::Map{}}; }

Value who(const Value& reading) { return Value::Map{{"id", reading["id"]}, {"name", reading["name"]}}; }

// ---- container.memory: {memory, swap}; swap counts memory and swap together, as docker does, -1 for no limit

Result<Value> normalise_memory(const Value& /*args*/, const Value& to) {
  if (to.as_map() != nullptr) return to;  // of a way back, which knows both
  const auto text = to.as_text() != nullptr ? parse_bytes(*to.as_text()) : std::nullopt;
  const auto bytes = text ? static_cast<double>(*text) : to.number_or(0);
  if (bytes < kLeastMemory || bytes != std::floor(bytes))
    return usage("change.container_memory wants at least 6 MiB, such as { to = \"512mb\" }, got " +
                 escaped(to_json(to), 60));
  return Value(Value::Map{{"memory", bytes}});
}

Seen memory_seen(const Value& reading) {
  if (reading.as_map() == nullptr) return {};
  auto seen = who(reading);
  seen["memory"] = reading["memory_limit"];
  seen["swap"] = reading["memory_swap_limit"];
  return {.state = std::move(seen), .blob = {}};
}

// As much swap beside it as before; of a container that had no limit, docker's rule: as much swap as memory.
double swap_beside(const Value& from, double memory) {
  const auto before = from["memory"].number_or(0);
  const auto swap = from["swap"].number_or(0);
  if (swap < 0) return -1;
  return before > 0 && swap >= before ? swap - before + memory : 2 * memory;
}

bool memory_is_set(const Change& change, const Value& state) {
  const auto& to = std::as_const(change.to);
  return state["memory"] == to["memory"] && (to["swap"].is_null() || state["swap"] == to["swap"]);
}

bool describe_memory(Change& change) {
  const auto& from = std::as_const(change.from);
  const auto before = from["memory"].number_or(0);
  const auto memory = std::as_const(change.to)["memory"].number_or(0);
  if (std::as_const(change.to)["swap"].is_null() && change.to.as_map() != nullptr)
    change.to["swap"] = swap_beside(from, memory);
  const Value body = Value::Map{{"Memory", memory}, {"MemorySwap", std::as_const(change.to)["swap"]}};
  change.calls = {post(short_id(from["id"].text_or("")), "update", body)};
  change.text = "set the memory limit of " + container_text(change) + " from " +
                (before > 0 ? bytes_text(before) : "none") + " to " + bytes_text(memory);
  change.comparing = kReadAgain;
  if (before > 0 || from.as_map() == nullptr) {
    change.undo =
        Inverse{.row = change.row, .args = Value::Map{}, .to = Value::Map{{"memory", before}, {"swap", from["swap"]}}};
  } else {
    change.irreversible = "docker cannot take a limit away again";
  }
  if (before > 0 && memory >= before) return false;
  change.destroys = {"what it holds in memory, when it uses more than that: the kernel ends it"};
  return true;
}

// ---- container.cpus

Result<Value> normalise_cpus(const Value& /*args*/, const Value& to) {
  const auto cpus = to.number_or(0);
  if (!(cpus >= 0.01) || cpus > 10'000)
    return usage("change.container_cpus wants a number of processors, such as { to = 1.5 }, got " +
                 escaped(to_json(to), 60));
  return to;
}

Seen cpus_seen(const Value& reading) {
  if (reading.as_map() == nullptr) return {};
  auto seen = who(reading);
  seen["cpus"] = reading["cpus"];
  return {.state = std::move(seen), .blob = {}};
}

bool cpus_are_set(const Change& change, const Value& state) { return state["cpus"] == change.to; }

bool describe_cpus(Change& change) {
  const auto& from = std::as_const(change.from);
  const auto before = from["cpus"].number_or(0);
  const Value body = Value::Map{{"NanoCpus", std::round(change.to.number_or(0) * kNano)}};
  change.calls = {post(short_id(from["id"].text_or("")), "update", body)};
  change.text = "set the processors of " + container_text(change) + " from " + (before > 0 ? to_json(before) : "all") +
                " to " + to_json(change.to);
  change.comparing = kReadAgain;
  if (before > 0 || from.as_map() == nullptr) {
    change.undo = Inverse{.row = change.row, .args = Value::Map{}, .to = from["cpus"]};
  } else {
    change.irreversible = "docker cannot take a limit away again";
  }
  return false;
}

// ---- container.restart_policy

Result<Value> normalise_policy(const Value& /*args*/, const Value& to) {
  const auto text = to.text_or("");
  const auto colon = text.find(':');
  const auto name = text.substr(0, colon);
  const auto retries = colon == std::string_view::npos ? "1" : text.substr(colon + 1);
  const bool counted =
      !retries.empty() && retries.size() < 5 && retries.find_first_not_of("0123456789") == std::string_view::npos;
  const bool known = name == "no" || name == "always" || name == "unless-stopped" || name == "on-failure";
  if (!known || !counted || (colon != std::string_view::npos && name != "on-failure")) {
    return usage("change.container_restart_policy got " + escaped(to_json(to), 60),
                 "one of: no, always, unless-stopped, on-failure, on-failure:5");
  }
  return to;
}

Seen policy_seen(const Value& reading) {
  if (reading.as_map() == nullptr) return {};
  auto seen = who(reading);
  seen["policy"] = reading["restart_policy"];
  seen["auto_remove"] = reading["auto_remove"];
  return {.state = std::move(seen), .blob = {}};
}

bool policy_is_set(const Change& change, const Value& state) { return state["policy"] == change.to; }

bool describe_policy(Change& change) {
  const auto& from = std::as_const(change.from);
  change.calls = {set_policy(short_id(from["id"].text_or("")), change.to.text_or(""))};
  change.text = "set the restart policy of " + container_text(change) + " from " +
                escaped(from["policy"].text_or("what it is"), 40) + " to " + escaped(change.to.text_or(""), 40);
  change.undo = Inverse{.row = change.row, .args = Value::Map{}, .to = from["policy"]};
  change.comparing = kReadAgain;
  return false;
}

std::string unfit_for_policy(const Change& change) {
  return std::as_const(change.from)["auto_remove"].bool_or(false)
             ? "docker removes it when it stops (--rm), and so never starts it again"
             : std::string();
}

// ---- container.remove

Seen whole_seen(const Value& reading) {
  if (reading.as_map() == nullptr) return {};
  auto seen = who(reading);
  seen["running"] = reading["running"];
  return {.state = std::move(seen), .blob = {}};
}

std::string unfit_to_remove(const Change& change) {
  return std::as_const(change.from)["running"].bool_or(false)
             ? "it runs: stop it first, and look whether anybody misses it"
             : std::string();
}

std::vector<StateCall> all_of_it(const Change& /*change*/) {
  return {{.row = "container.logs", .args = Value::Map{{"tail", 5000}}},
          {.row = "container.state", .args = Value::Map{}}};
}

bool describe_remove(Change& change) {
  change.calls = {{"DELETE", "/containers/" + short_id(std::as_const(change.from)["id"].text_or(""))}};
  change.text = "remove " + container_text(change);
  change.irreversible = "docker keeps nothing of a container that was removed";
  change.destroys = {"the container, with all that it wrote outside of volumes"};
  change.comparing = kReadAgain;
  return true;
}

// Rows by hand need docker's client alone.
std::vector<std::string> typed(std::string words) { return {"{client} " + std::move(words) + " {container}"}; }

const std::array<ChangeRow, 4> kRows = {{
    {.name = "container.memory",
     .kind = "container",
     .args = {},
     .doc = "Sets the memory limit of a running container; as much swap as before stays beside it. Level 3 where it is "
            "lowered.",
     .to_doc = "the limit: bytes, or text such as \"512mb\"",
     .to_example = "512mb",
     .took_place = memory_is_set,
     .normalise = normalise_memory,
     .state_call = state,
     .seen = memory_seen,
     .describe = describe_memory,
     .by_hand =
         [](const Change& change) {
           return typed("update --memory " + to_json(std::as_const(change.to)["memory"]) + " --memory-swap " +
                        to_json(std::as_const(change.to)["swap"]));
         }},
    {.name = "container.cpus",
     .kind = "container",
     .args = {},
     .doc = "Sets how many processors a running container may use.",
     .to_doc = "how many: a number, 0.5 for half of one",
     .to_example = "2",
     .took_place = cpus_are_set,
     .normalise = normalise_cpus,
     .state_call = state,
     .seen = cpus_seen,
     .describe = describe_cpus,
     .by_hand = [](const Change& change) { return typed("update --cpus " + to_json(change.to)); }},
    {.name = "container.restart_policy",
     .kind = "container",
     .args = {},
     .doc = "Sets whether docker starts a container again when it ends, or when the daemon starts.",
     .to_doc = "no, always, unless-stopped, on-failure or on-failure:5",
     .to_example = "unless-stopped",
     .took_place = policy_is_set,
     .normalise = normalise_policy,
     .state_call = state,
     .seen = policy_seen,
     .unfit = unfit_for_policy,
     .describe = describe_policy,
     .by_hand = [](const Change& change) { return typed("update --restart " + std::string(change.to.text_or("no"))); }},
    {.name = "container.remove",
     .kind = "container",
     .args = {},
     .doc = "Removes a container that does not run. Its logs and its state are kept before; always of level 3.",
     .to_doc = "",
     .action = true,
     .proven = true,
     .captures = all_of_it,
     .normalise = no_to,
     .state_call = state,
     .seen = whole_seen,
     .unfit = unfit_to_remove,
     .describe = describe_remove,
     .by_hand = [](const Change&) { return typed("rm"); }},
}};

}  // namespace

std::span<const ChangeRow> container_limit_rows() { return kRows; }

}  // namespace runbook::primitive

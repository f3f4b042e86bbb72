// What can be changed in a Redis, and what each change means.
//
// Settings are on a list of their own: CONFIG SET also reaches settings that load code, move the dump file or open the
// server (dir and dbfilename are a known way to a shell), and those are no runbook's business.
#include <algorithm>
#include <array>

#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "primitive/spec/change_rows.h"
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

constexpr std::array<std::string_view, 22> kSettings = {"activedefrag",
                                                        "appendfsync",
                                                        "appendonly",
                                                        "client-output-buffer-limit",
                                                        "hz",
                                                        "latency-monitor-threshold",
                                                        "lazyfree-lazy-eviction",
                                                        "lazyfree-lazy-expire",
                                                        "maxclients",
                                                        "maxmemory",
                                                        "maxmemory-clients",
                                                        "maxmemory-policy",
                                                        "maxmemory-samples",
                                                        "min-replicas-max-lag",
                                                        "min-replicas-to-write",
                                                        "no-appendfsync-on-rewrite",
                                                        "repl-backlog-size",
                                                        "save",
                                                        "slowlog-log-slower-than",
                                                        "slowlog-max-len",
                                                        "stop-writes-on-bgsave-error",
                                                        "timeout"};

constexpr std::array<std::string_view, 8> kPolicies = {"allkeys-lfu",     "allkeys-lru",  "allkeys-random",
                                                       "noeviction",      "volatile-lfu", "volatile-lru",
                                                       "volatile-random", "volatile-ttl"};

std::string setting_text(std::string_view key, const Value& value) {
  const auto* number = value.as_number();
  if (number == nullptr) return escaped(value.text_or(""), 80);
  if (key == "maxmemory" && *number == 0) return "0 (no limit)";
  if (key.starts_with("maxmemory") && *number >= 1024) return to_json(value) + " (" + bytes_text(*number) + ")";
  return to_json(value);
}

// ---- redis.config

Result<Value> normalise_config(const Value& args, const Value& to) {
  const auto key = args["key"].text_or("");
  if (std::find(kSettings.begin(), kSettings.end(), key) == kSettings.end()) {
    const std::vector<std::string> known(kSettings.begin(), kSettings.end());
    const auto near = nearest(key, known);
    return usage("the setting " + escaped(key, 60) + " is not on the list of those a playbook may change" +
                     (near.empty() ? "" : "; did you mean " + near + "?"),
                 "the list: " + join(known, " "));
  }
  if (to.is_null()) return usage("change.redis_config needs { to = … }");
  if (key == "maxmemory-policy" && std::find(kPolicies.begin(), kPolicies.end(), to.text_or("")) == kPolicies.end()) {
    const std::vector<std::string> known(kPolicies.begin(), kPolicies.end());
    return usage(escaped(to.text_or(to_json(to)), 60) + " is no eviction policy", "one of: " + join(known, " "));
  }
  if (const auto* number = to.as_number()) {
    if (*number < 0 || *number != static_cast<double>(static_cast<std::int64_t>(*number))) {
      return usage(std::string(key) + " wants a whole number of at least 0, got " + to_json(to));
    }
    return to;
  }
  const auto* text = to.as_text();
  if (text == nullptr)
    return usage(std::string(key) + " wants a text or a number, got a " + std::string(to.type_name()));
  // CONFIG GET answers sizes in bytes: "16mb" would never read back the same.
  if (const auto bytes = parse_bytes(*text); bytes && key != "save") return Value(*bytes);
  return to;
}

StateCall config_state(const Value& args) { return {.row = "redis.config", .args = Value::Map{{"key", args["key"]}}}; }

std::string setting_word(const Value& value) { return value.as_text() != nullptr ? *value.as_text() : to_json(value); }

bool evicts(std::string_view policy) { return policy.starts_with("allkeys-") || policy.starts_with("volatile-"); }

bool describe_config(Change& change) {
  const auto key = std::string(change.args["key"].text_or(""));
  change.calls = {Words{"CONFIG", "SET", key, setting_word(change.to)}};
  change.undo = Inverse{.row = change.row, .args = change.args, .to = change.from};
  change.text = "set " + key + " of " + change.target + " from " + setting_text(key, change.from) + " to " +
                setting_text(key, change.to);
  change.comparing = "leaves a window: Redis has no atomic compare for CONFIG; it is read again right before";
  if (key == "maxmemory-policy" && evicts(change.to.text_or(""))) {
    change.destroys = {
        "keys, at the next write and as long as memory is full: deleted keys do not come back with the undo"};
    return true;
  }
  const double to = change.to.number_or(0);
  const double from = change.from.number_or(0);
  if (key == "maxmemory" && to != 0 && (from == 0 || to < from)) {
    change.destroys = {"keys, when memory in use is above the new limit and the policy evicts"};
    return true;
  }
  return false;
}

constexpr ArgSpec kConfigArgs[] = {
    {"key", ArgType::kText, true, "the setting, as redis.conf spells it", "timeout", kSettings}};

// ---- redis.rewrite_config

StateCall server_state(const Value& /*args*/) {
  return {.row = "redis.info", .args = Value::Map{{"section", "server"}}};
}

// The server started once and from one file: what has to be the same when the rewrite is carried out.
Seen server_identity(const Value& reading) {
  return {.state = Value::Map{{"run_id", reading["run_id"]}, {"config_file", reading["config_file"]}}, .blob = {}};
}

bool describe_rewrite(Change& change) {
  change.calls = {Words{"CONFIG", "REWRITE"}};
  change.to = change.from;
  change.irreversible = "the previous content of the file is not kept by Redis";
  const auto file = escaped(change.from["config_file"].text_or(""), 100);
  change.text = "write the running settings of " + change.target + " into its configuration file" +
                (file.empty() ? "" : " " + file);
  change.comparing = "repeatable: doing it twice is doing it once";
  return false;
}

// ---- redis.delete_key and its inverse

constexpr ArgSpec kKeyArgs[] = {{"key", ArgType::kText, true, "the whole name of one key", "feed:4711"}};

Result<Value> normalise_delete(const Value& args, const Value& to) {
  if (args["key"].text_or("").empty()) return usage("an empty key");
  return no_to(args, to);
}

StateCall dump_state(const Value& args) { return {.row = "redis.dump", .args = Value::Map{{"key", args["key"]}}}; }

Seen dumped(const Value& reading) {
  const auto* payload = reading["payload"].as_text();
  if (payload == nullptr) return {};
  return {.state = Value::Map{{"type", reading["type"]},
                              {"expires_at", reading["expires_at"]},
                              {"bytes", payload->size()},
                              {"sha256", sha256(*payload)}},
          .blob = *payload};
}

std::string key_text(const Change& change) {
  return "the key \"" + escaped(change.args["key"].text_or(""), 80) + "\" of " + change.target;
}

std::string expiry_text(const Value& state) {
  return state["expires_at"].number_or(0) > 0 ? "with its expiry" : "without expiry";
}

// Nobody has looked: words stand in for the state of a key, which is a table.
bool is_unknown(const Value& state) { return state.as_text() != nullptr; }

// The file that a person keeps the value in, between deleting the key and restoring it.
std::string dump_file(const Value& state) {
  return "runbook-" + std::string(state["sha256"].text_or("key")).substr(0, 12) + ".dump";
}

// redis-cli ends what it prints with a line end, which is no part of the value.
std::vector<std::string> delete_by_hand(const Change& change) {
  std::vector<std::string> lines;
  if (is_unknown(change.from)) lines.emplace_back("{client} PEXPIRETIME {key}");
  lines.push_back("{client} --raw DUMP {key} | head -c -1 > " + dump_file(change.from));
  lines.emplace_back("{client} UNLINK {key}");
  return lines;
}

std::vector<std::string> restore_by_hand(const Change& change) {
  std::vector<std::string> lines = {"{client} -x RESTORE {key} 0 < " + dump_file(change.to)};
  const auto expires = std::as_const(change.to)["expires_at"].number_or(0);
  if (expires > 0) lines.push_back("{client} PEXPIREAT {key} " + to_json(Value(expires)));
  if (is_unknown(change.to)) lines.emplace_back("{client} PEXPIREAT {key} '<its PEXPIRETIME, if that was above 0>'");
  return lines;
}

bool describe_delete(Change& change) {
  const auto& key = std::as_const(change.args)["key"];
  change.calls = {Words{"WATCH", key}, Words{"DUMP", key},   Words{"PEXPIRETIME", key},
                  Words{"MULTI"},      Words{"UNLINK", key}, Words{"EXEC"}};
  change.undo = Inverse{.row = "redis.restore_key", .args = change.args, .to = change.from};
  const auto& from = std::as_const(change.from);
  change.text = "delete " + key_text(change);
  if (!is_unknown(from)) {
    change.text += " (" + escaped(from["type"].text_or("absent"), 20) + ", " + bytes_text(from["bytes"].number_or(0)) +
                   " serialised)";
  }
  change.comparing = "atomic: WATCH, and EXEC only when value and expiry are still the same";
  change.destroys = {"the value; it is kept, so that the undo can restore it"};
  return false;
}

Result<Value> normalise_restore(const Value& /*args*/, const Value& to) {
  if (to["sha256"].as_text() == nullptr) return usage("nothing to restore");
  return to;
}

bool describe_restore(Change& change) {
  const auto& to = std::as_const(change.to);
  const auto expires = to["expires_at"].number_or(0);
  const Value blob = Value::Map{{"$blob", to["sha256"]}, {"bytes", bytes_text(to["bytes"].number_or(0))}};
  Words restore = {"RESTORE", std::as_const(change.args)["key"], to_json(Value(expires)), blob};
  if (expires > 0) restore.emplace_back("ABSTTL");
  change.calls = {std::move(restore)};
  change.undo = Inverse{.row = "redis.delete_key", .args = change.args, .to = Value()};
  change.text = "restore " + key_text(change) + " " + expiry_text(to);
  change.comparing = "atomic: RESTORE without REPLACE refuses when the key exists";
  return false;
}

// ---- redis.probe

// How long the key may outlive a probe that was cut off.
constexpr std::string_view kProbeExpiresMs = "10000";

std::string probe_key(const Value& args) { return std::string(args["prefix"].text_or("")) + "write"; }

StateCall probe_state(const Value& args) { return {.row = "redis.key", .args = Value::Map{{"key", probe_key(args)}}}; }

Seen probe_seen(const Value& reading) {
  return {.state = reading["exists"].bool_or(true) ? Value("there") : Value(), .blob = {}};
}

bool describe_probe(Change& change) {
  const auto key = probe_key(std::as_const(change.args));
  change.calls = {Words{"SET", key, "probe", "NX", "PX", kProbeExpiresMs}, Words{"GET", key}, Words{"DEL", key}};
  change.nothing_to_undo = "it deletes its own key, which expires after 10 s by itself";
  change.text = "probe " + change.target + ": write, read and delete the key \"" + escaped(key, 80) + "\"";
  change.comparing = "atomic: NX writes nothing over a key that is there";
  return false;
}

const std::array<ChangeRow, 5> kRows = {{
    {.name = "redis.config",
     .kind = "redis",
     .args = kConfigArgs,
     .doc = "Sets one setting of the running server. Level 3 where keys may be lost: less maxmemory, or a policy that "
            "evicts.",
     .to_doc = "the new value: text, or a number",
     .to_example = "300",
     .preflight = "redis.may",
     .normalise = normalise_config,
     .state_call = config_state,
     .seen = as_read,
     .describe = describe_config},
    {.name = "redis.rewrite_config",
     .kind = "redis",
     .args = {},
     .doc = "Writes the running settings into the server's configuration file.",
     .to_doc = "",
     .action = true,
     .preflight = "redis.may",
     .normalise = no_to,
     .state_call = server_state,
     .seen = server_identity,
     .describe = describe_rewrite},
    {.name = "redis.delete_key",
     .kind = "redis",
     .args = kKeyArgs,
     .doc = "Deletes one key; its value and expiry are kept, so that undo can restore them.",
     .to_doc = "",
     .proven = true,
     .preflight = "redis.may",
     .normalise = normalise_delete,
     .state_call = dump_state,
     .seen = dumped,
     .describe = describe_delete,
     .by_hand = delete_by_hand},
    {.name = "redis.restore_key",
     .kind = "redis",
     .args = kKeyArgs,
     .doc = "Restores one key that redis.delete_key deleted.",
     .to_doc = "what redis.delete_key read",
     .offered = false,
     .proven = true,
     .preflight = "redis.may",
     .normalise = normalise_restore,
     .state_call = dump_state,
     .seen = dumped,
     .describe = describe_restore,
     .by_hand = restore_by_hand},
    {.name = "redis.probe",
     .kind = "redis",
     .args = {},
     .doc = "A test that writes: sets, reads and deletes a key of its own. Needs the target's probe_prefix.",
     .to_doc = "",
     .action = true,
     .probe = true,
     .proven = true,
     .preflight = "redis.may",
     .normalise = no_to,
     .state_call = probe_state,
     .seen = probe_seen,
     .describe = describe_probe},
}};

}  // namespace

std::span<const ChangeRow> redis_change_rows() { return kRows; }

}  // namespace runbook::primitive

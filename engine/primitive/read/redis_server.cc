// Readers of a Redis server as a whole: what it says of itself, its settings, its role.
#include <algorithm>
#include <array>
#include <chrono>

#include "base/redaction/key_names.h"
#include "base/text.h"
#include "primitive/read/ask_redis.h"
#include "primitive/read/read_rows.h"
#include "primitive/read/redis_reply.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

using guard::Argv;
using net::Reply;
using safety::ArgSpec;
using safety::ArgType;
using safety::in_words;
using safety::ReadRow;
using safety::Target;

constexpr auto kSections =
    std::to_array<std::string_view>({"server", "clients", "memory", "persistence", "stats", "replication", "cpu",
                                     "errorstats", "keyspace", "commandstats"});

// What people call the fields of `INFO memory` that decide.
constexpr std::pair<std::string_view, std::string_view> kMemoryNames[] = {{"used", "used_memory"},
                                                                          {"peak", "used_memory_peak"},
                                                                          {"policy", "maxmemory_policy"},
                                                                          {"fragmentation", "mem_fragmentation_ratio"}};

Task<Result<Value>> read_ping(Reach& reach, const Target& target, const Value& /*args*/) {
  Argv argv = {"PING"};
  RUNBOOK_CO_TRY(reply, co_await ask_redis(reach, target, std::move(argv)));
  co_return Value(text_of(reply));
}

Task<Result<Value::Map>> info_section(Reach& reach, const Target& target, std::string section) {
  Argv argv = {"INFO", section};
  RUNBOOK_CO_TRY(reply, co_await ask_redis(reach, target, std::move(argv)));
  if (text_of(reply).empty()) {
    co_return Error{Code::kNotFound, "this server has no INFO section " + section, target.name};
  }
  co_return parse_info(text_of(reply));
}

Task<Result<Value>> read_info(Reach& reach, const Target& target, const Value& args) {
  const auto section = lower(args["section"].text_or(""));
  if (std::find(kSections.begin(), kSections.end(), section) == kSections.end()) {
    const std::vector<std::string> known(kSections.begin(), kSections.end());
    const auto near = nearest(section, known);
    co_return Error{Code::kUsage,
                    "redis.info knows no section \"" + escaped(section, 40) + "\"" +
                        (near.empty() ? "" : "; did you mean " + near + "?"),
                    {},
                    "sections: " + join(known, " ")};
  }
  RUNBOOK_CO_TRY(info, co_await info_section(reach, target, section));
  if (section == "memory") {
    for (const auto& [name, field] : kMemoryNames) {
      const auto found = info.find(field);
      if (found != info.end()) info[std::string(name)] = Value(found->second);
    }
  }
  co_return Value(std::move(info));
}

Task<Result<Value>> read_replication(Reach& reach, const Target& target, const Value& /*args*/) {
  std::string section = "replication";
  RUNBOOK_CO_TRY(info, co_await info_section(reach, target, std::move(section)));
  co_return Value(std::move(info));
}

Task<Result<Value>> read_errors(Reach& reach, const Target& target, const Value& args) {
  std::string section = "errorstats";
  RUNBOOK_CO_TRY(info, co_await info_section(reach, target, std::move(section)));
  Value::Map counts;
  for (const auto& [name, fields] : info) {
    constexpr std::string_view kPrefix = "errorstat_";
    if (name.starts_with(kPrefix)) counts[name.substr(kPrefix.size())] = fields["count"];
  }
  const auto* kind = args["kind"].as_text();
  if (kind == nullptr) co_return Value(std::move(counts));
  const auto found = counts.find(*kind);
  co_return found == counts.end() ? Value(0) : found->second;
}

Task<Result<Value>> read_config(Reach& reach, const Target& target, const Value& args) {
  const auto key = std::string(args["key"].text_or(""));
  if (key.empty() || key.find_first_of("*?[]\\") != std::string::npos) {
    co_return Error{Code::kUsage, "redis.config reads one setting by its whole name, not \"" + escaped(key, 60) + "\""};
  }
  Argv argv = {"CONFIG", "GET", key};
  RUNBOOK_CO_TRY(reply, co_await ask_redis(reach, target, std::move(argv)));
  if (reply.items.size() < 2) {
    co_return Error{Code::kNotFound, "this server has no setting " + escaped(key, 60), target.name};
  }
  const auto value = text_of(reply.items[1]);
  const bool integer = value.find('.') == std::string_view::npos && !names_secret(key);
  co_return integer ? number_or_text(value) : Value(value);
}

Task<Result<Value>> read_memory_doctor(Reach& reach, const Target& target, const Value& /*args*/) {
  Argv argv = {"MEMORY", "DOCTOR"};
  RUNBOOK_CO_TRY(reply, co_await ask_redis(reach, target, std::move(argv)));
  co_return Value(text_of(reply));
}

Value replicas_of(const Reply& list) {
  Value::List replicas;
  for (const auto& item : list.items) {
    if (item.items.size() < 3) continue;
    replicas.emplace_back(Value::Map{{"address", text_of(item.items[0])},
                                     {"port", number_or_text(text_of(item.items[1]))},
                                     {"offset", number_or_text(text_of(item.items[2]))}});
  }
  return replicas;
}

Task<Result<Value>> read_role(Reach& reach, const Target& target, const Value& /*args*/) {
  Argv argv = {"ROLE"};
  RUNBOOK_CO_TRY(reply, co_await ask_redis(reach, target, std::move(argv)));
  const auto& items = reply.items;
  const auto role = items.empty() ? std::string_view() : text_of(items[0]);
  if (role == "master" && items.size() >= 3) {
    co_return Value(Value::Map{{"role", role}, {"offset", plain_value(items[1])}, {"replicas", replicas_of(items[2])}});
  }
  if (role == "slave" && items.size() >= 5) {
    co_return Value(Value::Map{{"role", role},
                               {"master", text_of(items[1])},
                               {"master_port", plain_value(items[2])},
                               {"state", text_of(items[3])},
                               {"offset", plain_value(items[4])}});
  }
  if (role == "sentinel" && items.size() >= 2)
    co_return Value(Value::Map{{"role", role}, {"masters", plain_value(items[1])}});
  co_return Error{Code::kProtocol, "the answer to ROLE has an unknown form", target.name};
}

Task<Result<Value>> read_time(Reach& reach, const Target& target, const Value& /*args*/) {
  using std::chrono::system_clock;
  const auto now_ms = [] {
    return std::chrono::duration<double, std::milli>(system_clock::now().time_since_epoch()).count();
  };
  RUNBOOK_CO_CHECK(co_await reach.redis(target));  // connecting must not count as skew
  Argv argv = {"TIME"};
  const double before = now_ms();
  RUNBOOK_CO_TRY(reply, co_await ask_redis(reach, target, std::move(argv)));
  const double middle = (before + now_ms()) / 2;
  const double seconds = reply.items.size() == 2 ? number_or_text(text_of(reply.items[0])).number_or(0) : 0;
  if (seconds <= 0) co_return Error{Code::kProtocol, "the answer to TIME has an unknown form", target.name};
  const double server = seconds * 1000 + number_or_text(text_of(reply.items[1])).number_or(0) / 1000;
  co_return Value(Value::Map{{"server_ms", server}, {"skew_ms", server - middle}});
}

// ---- in one line

// What somebody on call looks at first in a section of INFO.
std::string of_info(const Value& info) {
  if (info["used"].as_number() != nullptr) {
    const auto limit = info["maxmemory"].number_or(0);
    return bytes_text(info["used"].number_or(0)) + " of " + (limit > 0 ? bytes_text(limit) : "unlimited") + ", " +
           in_words(info["policy"]);
  }
  if (!info["rdb_last_bgsave_status"].is_null()) {
    return "loading " + in_words(info["loading"]) + ", last dump " + in_words(info["rdb_last_bgsave_status"]) +
           ", AOF " + (info["aof_enabled"].number_or(0) > 0 ? in_words(info["aof_last_write_status"]) : "off");
  }
  if (!info["connected_clients"].is_null()) {
    return in_words(info["connected_clients"]) + " connected of " + in_words(info["maxclients"]) + ", " +
           in_words(info["blocked_clients"]) + " blocked";
  }
  if (!info["evicted_keys"].is_null()) {
    return in_words(info["instantaneous_ops_per_sec"]) + " commands/s, " + in_words(info["evicted_keys"]) +
           " evicted, " + in_words(info["rejected_connections"]) + " connections rejected";
  }
  if (!info["redis_version"].is_null())
    return "version " + in_words(info["redis_version"]) + ", up " + in_words(info["uptime_in_seconds"]) + " s";
  return {};
}

std::string of_role(const Value& value) {
  if (value["replicas"].as_list() == nullptr) return in_words(value["role"]);
  return in_words(value["role"]) + ", " + std::to_string(value["replicas"].items().size()) + " replicas";
}

// Redis lists what it noticed as " * High total RSS: …"; the heads of that list are what matters.
std::string of_memory_doctor(const Value& answer) {
  const auto text = in_words(answer);
  std::string out;
  for (const auto line : split(text, '\n')) {
    const auto head = trim(line);
    if (head.starts_with("* ")) out += (out.empty() ? "" : "; ") + std::string(head.substr(2, head.find(':') - 2));
  }
  return out.empty() ? "nothing to complain about" : out;
}

constexpr ArgSpec kSectionArgs[] = {{"section", ArgType::kText, true, "which section", "memory", kSections}};
constexpr ArgSpec kConfigArgs[] = {{"key", ArgType::kText, true, "the setting, as redis.conf spells it", "maxclients"}};
constexpr ArgSpec kErrorArgs[] = {{"kind", ArgType::kText, false, "one kind of error, such as OOM", "OOM"}};

const ReadRow kRows[] = {
    {"redis.ping", "redis", {}, "Whether the server answers.", "the text PONG", read_ping, "{client} PING"},
    {"redis.info", "redis", kSectionArgs, "One section of INFO.",
     "table of numbers and texts by INFO's names; for memory also used, peak, policy and fragmentation; sizes in bytes",
     read_info, "{client} INFO {section}", of_info},
    {"redis.config", "redis", kConfigArgs, "One setting of the running server; passwords are redacted.",
     "number when it is one (sizes in bytes), else text; error not_found for an unknown setting", read_config,
     "{client} CONFIG GET {key}"},
    {"redis.errors", "redis", kErrorArgs, "How often the server answered with which error since its start.",
     "table of counts by kind (OOM, NOAUTH, WRONGPASS, …); with kind one number, 0 when it never occurred", read_errors,
     "{client} INFO errorstats"},
    {"redis.memory_doctor",
     "redis",
     {},
     "What MEMORY DOCTOR advises.",
     "text",
     read_memory_doctor,
     "{client} MEMORY DOCTOR",
     of_memory_doctor},
    {"redis.replication",
     "redis",
     {},
     "The replication section of INFO.",
     "table as redis.info gives it",
     read_replication,
     "{client} INFO replication"},
    {"redis.role",
     "redis",
     {},
     "Master, replica or sentinel, and of whom.",
     "{role = master, offset, replicas = list of {address, port, offset}}, {role = slave, master, master_port, state, "
     "offset} "
     "or {role = sentinel, masters}",
     read_role,
     "{client} ROLE",
     of_role},
    {"redis.time",
     "redis",
     {},
     "The server's clock beside ours.",
     "{server_ms, skew_ms}: milliseconds since 1970; skew positive when the server's clock is ahead",
     read_time,
     "{client} TIME"},
};

}  // namespace

std::span<const ReadRow> redis_server_rows() { return kRows; }

}  // namespace runbook::primitive

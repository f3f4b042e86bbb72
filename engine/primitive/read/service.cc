// What runs a target, read in one shape whether the inventory says that it is a container or a unit of a host.
#include <cmath>

#include "base/text.h"
#include "base/usage.h"
#include "primitive/read/host_words.h"
#include "primitive/read/read_rows.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::in_words;
using safety::ReadRow;
using safety::Target;

constexpr double kFewLines = 200;
constexpr double kMostLines = 1000;

// The container that the target is or runs in, or the host of its unit.
Result<const Target*> home_of(const Target& target) {
  if (target.kind == "container") return &target;
  if (target.home) return target.home.get();
  return Error{.code = Code::kUsage,
               .message = "the inventory does not say what runs " + target.name,
               .where = target.name,
               .next = "give the target container = \"…\", or unit = \"…\" and host = \"…\""};
}

bool is_unit(const Target& home) { return home.kind == "ssh"; }

Task<Result<Value>> read_by(std::string_view row, Reach& reach, const Target& home, Value args) {
  co_return co_await find_read_row(row)->read(reach, home, args);
}

// "Sat 2026-11-21 12:40:02 UTC", as systemd writes it for who asks in UTC.
std::string utc_of(std::string_view text) {
  const auto words = words_of(text);
  if (words.size() != 4 || words[3] != "UTC") return std::string(text);
  return std::string(words[1]) + "T" + std::string(words[2]) + ".000Z";
}

Value state_of_unit(const Value& unit) {
  const auto active = unit["active"].text_or("");
  const bool running = active == "active" || active == "reloading";
  return Value::Map{{"as", "unit"},
                    {"name", unit["name"]},
                    {"running", running},
                    {"status", in_words(unit["active"]) + " (" + in_words(unit["sub"]) + ")"},
                    {"since", running ? utc_of(unit["since"].text_or("")) : ""},
                    {"restarts", unit["restarts"]},
                    {"exit_code", unit["exit_code"]},
                    {"oom_killed", unit["result"].text_or("") == "oom-kill"},
                    {"pid", unit["pid"]}};
}

Value state_of_container(const Value& state) {
  Value out = Value::Map{{"as", "container"}};
  for (const auto* same : {"name", "running", "status", "restarts", "exit_code", "oom_killed", "pid"})
    out[same] = state[same];
  out["since"] = state["running"].bool_or(false) ? state["started"] : Value("");
  return out;
}

Task<Result<Value>> read_state(Reach& reach, const Target& target, const Value& /*args*/) {
  RUNBOOK_CO_TRY(home, home_of(target));
  Value asked = Value::Map{};
  if (is_unit(*home)) asked["unit"] = target.unit;
  const auto* const row = is_unit(*home) ? "host.unit" : "container.state";
  RUNBOOK_CO_TRY(told, co_await read_by(row, reach, *home, std::move(asked)));
  Value state = is_unit(*home) ? state_of_unit(told) : state_of_container(told);
  state["where"] = home->name;
  co_return state;
}

Task<Result<Value>> read_logs(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(home, home_of(target));
  const auto lines = args["lines"].number_or(kFewLines);
  if (lines < 1 || lines > kMostLines || lines != std::floor(lines))
    co_return usage("lines is a whole number from 1 to " + std::to_string(static_cast<int>(kMostLines)));
  Value asked = Value::Map{{is_unit(*home) ? "lines" : "tail", lines}};
  if (is_unit(*home)) asked["unit"] = target.unit;
  if (!args["since"].is_null()) asked["since"] = args["since"];
  const auto* const row = is_unit(*home) ? "host.journal" : "container.logs";
  RUNBOOK_CO_TRY(told, co_await read_by(row, reach, *home, std::move(asked)));
  Value::List list;
  for (const auto& line : std::as_const(told)["lines"].items())
    list.emplace_back(is_unit(*home) ? Value::Map{{"at", line["time"]}, {"text", line["message"]}}
                                     : Value::Map{{"at", line["at"]}, {"text", line["text"]}});
  const auto count = list.size();
  co_return Value(Value::Map{{"lines", std::move(list)}, {"count", count}, {"where", home->name}});
}

std::string of_state(const Value& state) {
  return in_words(state["as"]) + " " + in_words(state["name"]) + " " + in_words(state["status"]) +
         (state["since"].text_or("").empty() ? "" : " since " + in_words(state["since"])) +
         (state["oom_killed"].bool_or(false) ? ", was killed for want of memory" : "");
}

std::string of_logs(const Value& logs) {
  const auto& lines = logs["lines"].items();
  return lines.empty() ? "no lines" : in_words(logs["count"]) + " lines, the last: " + in_words(lines.back()["text"]);
}

constexpr ArgSpec kLogArgs[] = {
    {"lines", ArgType::kNumber, false, "at most so many, the last ones; 200 unless said, at most 1,000", "50"},
    {"since", ArgType::kText, false, "how far back", "1h"}};

const ReadRow kRows[] = {
    {"service.state",
     "*",
     {},
     "Whether what the target is runs, be it a container or a unit of a host, as the inventory says.",
     "{as (container or unit), name, where (the container or the host in the inventory), running, status, since (UTC "
     "text; empty when it does not run), restarts, exit_code, oom_killed, pid}",
     read_state,
     "{home inspect|systemctl status}",
     of_state},
    {"service.logs", "*", kLogArgs, "The last lines of its log, or of its unit's journal.",
     "{lines = list of {at, text}, count, where}: oldest first", read_logs, "{home logs|journalctl --no-pager -u}",
     of_logs},
};

}  // namespace

std::span<const ReadRow> service_rows() { return kRows; }

}  // namespace runbook::primitive

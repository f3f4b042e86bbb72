#include "primitive/read/journal_lines.h"

#include <array>
#include <charconv>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"

namespace runbook::primitive {

namespace {

constexpr JsonLimits kEntry{.bytes = 1U << 20U, .depth = 4, .nodes = 70'000};
constexpr auto kPriorities =
    std::to_array<std::string_view>({"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"});

template <class Number>
Number number_of(std::string_view text) {
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string message_of(const Value& field) {
  if (field.as_list() == nullptr) return std::string(field.text_or(""));
  std::string bytes;
  for (const auto& item : field.items()) {
    const auto byte = item.number_or(-1);
    if (byte >= 0 && byte <= 255) bytes += static_cast<char>(static_cast<unsigned char>(byte));
  }
  return bytes;
}

Value entry_of(const Value& fields) {
  Value entry = Value::Map{{"message", message_of(fields["MESSAGE"])}};
  const auto micros = number_of<std::int64_t>(fields["__REALTIME_TIMESTAMP"].text_or(""));
  if (micros > 0) entry["time"] = utc_text(micros / 1000);
  for (const auto& [name, field] : {std::pair("unit", "_SYSTEMD_UNIT"), std::pair("source", "SYSLOG_IDENTIFIER")}) {
    if (const auto text = fields[field].text_or(""); !text.empty()) entry[name] = text;
  }
  if (const auto pid = number_of<std::uint32_t>(fields["_PID"].text_or("")); pid > 0) entry["pid"] = pid;
  const auto priority = fields["PRIORITY"].text_or("");
  if (priority.size() == 1 && priority[0] >= '0' && priority[0] <= '7')
    entry["priority"] = kPriorities.at(static_cast<std::size_t>(priority[0] - '0'));
  return entry;
}

}  // namespace

Result<Value> parse_journal(std::string_view text) {
  Value::List entries;
  for (const auto line : split(text, '\n')) {
    if (trim(line).empty()) continue;
    const auto fields = parse_json(line, kEntry);
    if (!fields || fields->as_map() == nullptr)
      return Error{Code::kProtocol, "journalctl printed a line that is no entry of a journal"};
    entries.push_back(entry_of(*fields));
  }
  return Value(std::move(entries));
}

Value oom_kills(const Value& journal) {
  constexpr std::string_view kKilled = "ut of memory: Killed process ";  // "Out of …", "Memory cgroup out of …"
  Value::List kills;
  for (const auto& entry : journal.items()) {
    const auto message = entry["message"].text_or("");
    const auto at = message.find(kKilled);
    if (at == std::string_view::npos) continue;
    const auto rest = message.substr(at + kKilled.size());
    const auto open = rest.find('(');
    const auto close = rest.find(')');
    Value kill =
        Value::Map{{"in_group", message.starts_with("Memory cgroup")}, {"pid", number_of<std::uint32_t>(rest)}};
    if (!entry["time"].is_null()) kill["time"] = entry["time"];
    if (open != std::string_view::npos && close != std::string_view::npos && close > open)
      kill["process"] = rest.substr(open + 1, close - open - 1);
    kills.push_back(std::move(kill));
  }
  return Value(std::move(kills));
}

}  // namespace runbook::primitive

#include "primitive/read/host_lists.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "primitive/read/host_words.h"
#include "primitive/read/redis_reply.h"

namespace runbook::primitive {

namespace {

constexpr std::size_t kLongestCommand = 500;
constexpr std::string_view kV6 = " (v6)";

// What is left of a line behind one of its words.
std::string_view behind(std::string_view line, std::string_view word) {
  return trim(line.substr(static_cast<std::size_t>(word.data() - line.data()) + word.size()));
}

// "/usr/sbin/nginx -g …" → nginx; "sshd: deploy" → sshd, as it names itself; [kworker/0:1] stays.
std::string_view name_of(std::string_view command) {
  if (command.starts_with('[')) return command;
  const auto program = command.substr(0, command.find_first_of(" :"));
  return program.substr(program.rfind('/') + 1);
}

std::optional<Value> process_of(std::string_view line) {
  const auto words = words_of(line);
  if (words.size() < 7) return {};
  const auto pid = number_of(words[0]);
  const auto parent = number_of(words[1]);
  const auto memory = number_of(words[3]);
  const auto cpu = number_of(words[4]);
  const auto up = number_of(words[5]);
  if (!pid || !parent || !memory || !cpu || !up) return {};
  const auto command = behind(line, words[5]);
  return Value(Value::Map{{"pid", *pid},
                          {"parent", *parent},
                          {"user", words[2]},
                          {"memory", *memory * 1024},
                          {"cpu_percent", *cpu},
                          {"up_seconds", *up},
                          {"name", bounded(name_of(command), 60)},
                          {"command", bounded(command, kLongestCommand)}});
}

constexpr auto kActions = std::to_array<std::string_view>({" ALLOW", " DENY", " REJECT", " LIMIT"});
constexpr auto kWays = std::to_array<std::string_view>({" IN", " OUT", " FWD"});

bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

// "[ 1] 22/tcp (v6)     ALLOW IN    Anywhere (v6)     # ssh": columns as wide as what is in them, so the action, which
// no port and no address can be, is what parts them.
std::optional<Value> rule_of(std::string_view line) {
  const auto close = line.find(']');
  if (!line.starts_with('[') || close == std::string_view::npos) return {};
  const auto number = number_of(trim(line.substr(1, close - 1)));
  auto rest = line.substr(close + 1);
  auto action = std::string_view::npos;
  for (const auto word : kActions) action = std::min(action, rest.find(word));
  if (!number || action == std::string_view::npos) return {};
  auto to = trim(rest.substr(0, action));
  rest.remove_prefix(action + 1);
  auto end = rest.find(' ');
  for (const auto way : kWays) {
    if (end != std::string_view::npos && rest.substr(end).starts_with(way)) end += way.size();
  }
  const auto what = rest.substr(0, end);
  rest.remove_prefix(std::min(what.size(), rest.size()));
  const auto comment = rest.find('#');
  auto from = trim(rest.substr(0, comment));
  const bool to_v6 = take_suffix(to, kV6);
  const bool from_v6 = take_suffix(from, kV6);
  Value rule = Value::Map{{"number", *number}, {"to", to}, {"action", what}, {"from", from}, {"v6", to_v6 || from_v6}};
  if (comment != std::string_view::npos) rule["comment"] = trim(rest.substr(comment + 1));
  return rule;
}

}  // namespace

Value parse_du(std::string_view text, std::string_view path, std::size_t count) {
  struct Entry {
    double bytes;
    std::string_view path;
  };
  Value out = Value::Map{};
  std::vector<Entry> entries;
  for (const auto line : split(text, '\n')) {
    const auto tab = line.find('\t');
    const auto size = tab == std::string_view::npos ? std::nullopt : number_of(line.substr(0, tab));
    if (!size || !line.substr(tab + 1).starts_with('/')) continue;
    const auto name = line.substr(tab + 1);
    if (name == path) {
      out["total"] = *size * 1024;
    } else {
      entries.push_back({*size * 1024, name});
    }
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& one, const Entry& other) { return one.bytes > other.bytes; });
  if (entries.size() > count) entries.resize(count);
  Value::List largest;
  for (const auto& entry : entries) largest.emplace_back(Value::Map{{"path", entry.path}, {"bytes", entry.bytes}});
  out["largest"] = std::move(largest);
  return out;
}

Result<Value> parse_processes(std::string_view text, std::size_t count) {
  const auto lines = split(trim(text), '\n');
  if (!trim(lines.front()).starts_with("PID")) return Error{Code::kProtocol, "what ps says cannot be read"};
  Value::List processes;
  for (std::size_t i = 1; i < lines.size() && processes.size() < count; ++i) {
    auto process = process_of(lines[i]);
    if (!process) return Error{Code::kProtocol, "what ps says cannot be read"};
    processes.push_back(std::move(*process));
  }
  return Value(Value::Map{{"count", lines.size() - 1}, {"processes", std::move(processes)}});
}

Result<Value> parse_ufw(std::string_view text) {
  Value::List rules;
  std::optional<bool> active;
  for (const auto raw : split(text, '\n')) {
    const auto line = trim(raw);
    if (line.starts_with("Status: ")) active = line == "Status: active";
    if (auto rule = rule_of(line)) rules.push_back(std::move(*rule));
  }
  if (!active) return Error{Code::kProtocol, "what ufw says cannot be read"};
  return Value(Value::Map{{"active", *active}, {"rules", std::move(rules)}});
}

}  // namespace runbook::primitive

#include "primitive/read/host_output.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "primitive/read/host_words.h"

namespace runbook::primitive {

namespace {

Error unread(std::string_view what) { return {Code::kProtocol, std::string(what) + " of this host cannot be read"}; }

double percent(double part, double whole) { return whole <= 0 ? 0 : std::round(part / whole * 1000) / 10; }

constexpr auto kMemory = std::to_array<std::pair<std::string_view, std::string_view>>({{"MemTotal", "total"},
                                                                                       {"MemAvailable", "available"},
                                                                                       {"MemFree", "free"},
                                                                                       {"Buffers", "buffers"},
                                                                                       {"Cached", "cached"},
                                                                                       {"SwapTotal", "swap_total"},
                                                                                       {"SwapFree", "swap_free"}});

// Seven words; the mount point is the rest of the line, blanks and all.
std::optional<Value> disk_of(std::string_view line) {
  const auto words = words_of(line);
  if (words.size() < 7) return {};
  const auto size = number_of(words[2]);
  const auto used = number_of(words[3]);
  const auto available = number_of(words[4]);
  if (!size || !used || !available) return {};
  const auto mount = line.substr(static_cast<std::size_t>(words[6].data() - line.data()));
  return Value(Value::Map{{"device", words[0]},
                          {"type", words[1]},
                          {"size", *size},
                          {"used", *used},
                          {"available", *available},
                          {"percent", percent(*used, *used + *available)},
                          {"mount", mount}});
}

}  // namespace

Result<Value> parse_loadavg(std::string_view text) {
  const auto words = words_of(trim(text));
  if (words.size() != 5) return unread("the load");
  const auto one = number_of(words[0]);
  const auto five = number_of(words[1]);
  const auto fifteen = number_of(words[2]);
  const auto slash = words[3].find('/');
  if (!one || !five || !fifteen || slash == std::string_view::npos) return unread("the load");
  const auto running = number_of(words[3].substr(0, slash));
  const auto processes = number_of(words[3].substr(slash + 1));
  if (!running || !processes) return unread("the load");
  return Value(Value::Map{
      {"one", *one}, {"five", *five}, {"fifteen", *fifteen}, {"running", *running}, {"processes", *processes}});
}

Result<Value> parse_meminfo(std::string_view text) {
  Value out = Value::Map{};
  for (const auto line : split(text, '\n')) {
    const auto colon = line.find(':');
    const auto words = colon == std::string_view::npos ? words_of("") : words_of(line.substr(colon + 1));
    for (const auto& [field, name] : kMemory) {
      if (colon == std::string_view::npos || line.substr(0, colon) != field || words.empty()) continue;
      if (const auto kilobytes = number_of(words[0])) out[std::string(name)] = *kilobytes * 1024;
    }
  }
  const auto& read = std::as_const(out);
  const auto total = read["total"].number_or(0);
  if (total <= 0 || read["available"].is_null()) return unread("the memory");
  const auto used = total - read["available"].number_or(0);
  const auto swap_used = read["swap_total"].number_or(0) - read["swap_free"].number_or(0);
  out["used"] = used;
  out["used_percent"] = percent(used, total);
  out["swap_used"] = swap_used;
  return out;
}

Result<Value> parse_df(std::string_view text) {
  Value::List disks;
  const auto lines = split(trim(text), '\n');
  if (lines.empty() || !lines.front().starts_with("Filesystem")) return unread("the list of disks");
  for (std::size_t i = 1; i < lines.size(); ++i) {
    auto disk = disk_of(lines[i]);
    if (!disk) return unread("the list of disks");
    disks.push_back(std::move(*disk));
  }
  return Value(std::move(disks));
}

Result<Value> parse_ahosts(std::string_view text) {
  Value::List addresses;
  for (const auto line : split(trim(text), '\n')) {
    const auto words = words_of(line);
    if (words.empty() || words[0].find_first_of(":.") == std::string_view::npos)
      return unread("what a name resolves to");
    const Value address = words[0];
    if (std::find(addresses.begin(), addresses.end(), address) == addresses.end()) addresses.push_back(address);
  }
  return Value(std::move(addresses));
}

Result<double> parse_seconds(std::string_view text) {
  auto word = trim(text);
  const auto point = word.find('.');
  if (point != std::string_view::npos && !number_of(word.substr(point))) word = word.substr(0, point);
  const auto seconds = number_of(word);
  if (!seconds) return unread("the time");
  return *seconds;
}

Value parse_properties(std::string_view text) {
  Value::Map out;
  for (const auto line : split(text, '\n')) {
    const auto equals = line.find('=');
    if (equals != std::string_view::npos) out.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return out;
}

}  // namespace runbook::primitive

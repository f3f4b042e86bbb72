#include "run/ansible.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace runbook::run {

namespace {

constexpr std::size_t kMostHosts = 10'000;
constexpr std::size_t kMostVariables = 100'000;
constexpr std::size_t kLongestValue = 1024;
constexpr std::size_t kLongestName = 255;

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<long> number_of(std::string_view text) {
  long number = 0;
  if (!is_digits(text) || text.size() > 9) return std::nullopt;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool is_letter(std::string_view text) {
  return text.size() == 1 && ((text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z'));
}

Error no_range(std::string_view range, const std::string& why) {
  return {.code = Code::kConfig,
          .message = "[" + escaped(range, 40) + "] is no range: " + why,
          .next = "for example web[01:50] or db-[a:f]"};
}

// "01:50", "a:f", "1:9:2": what stands for it, one after the other.
Result<std::vector<std::string>> members_of(std::string_view range) {
  const auto parts = split(range, ':');
  if (parts.size() < 2 || parts.size() > 3) return no_range(range, "it has a begin, an end and perhaps a step");
  const auto step = parts.size() == 3 ? number_of(parts[2]) : std::optional<long>(1);
  if (!step || *step == 0) return no_range(range, "its step is no number above 0");
  std::vector<std::string> out;
  if (is_letter(parts[0]) && is_letter(parts[1])) {
    const auto begin = static_cast<unsigned char>(parts[0][0]);
    const auto end = static_cast<unsigned char>(parts[1][0]);
    if ((begin < 'a') != (end < 'a')) return no_range(range, "its letters are neither both small nor both capital");
    for (long letter = begin; letter <= end; letter += *step) out.emplace_back(1, static_cast<char>(letter));
    if (out.empty()) return no_range(range, "its end comes before its begin");
    return out;
  }
  const auto first = parts[0].empty() ? std::optional<long>(0) : number_of(parts[0]);
  const auto last = number_of(parts[1]);
  if (!first || !last) return no_range(range, "begin and end are two numbers or two letters");
  if (*last < *first) return no_range(range, "its end comes before its begin");
  const bool padded = parts[0].size() > 1 && parts[0][0] == '0';
  if (padded && parts[0].size() != parts[1].size()) return no_range(range, "begin and end are not equally long");
  if (static_cast<std::size_t>((*last - *first) / *step) >= kMostHosts)
    return Error{Code::kLimit, "[" + escaped(range, 40) + "] stands for more than 10,000 hosts"};
  for (long number = *first; number <= *last; number += *step) {
    auto text = std::to_string(number);
    if (padded) text.insert(0, parts[0].size() - std::min(parts[0].size(), text.size()), '0');
    out.push_back(std::move(text));
  }
  return out;
}

}  // namespace

Result<void> AnsibleInventory::keep(AnsibleVariables& variables, const std::string& name, AnsibleVariable variable) {
  if (!name.starts_with("ansible_")) return {};
  if (name.size() > kLongestName || variable.value.size() > kLongestValue)
    return Error{.code = Code::kLimit,
                 .message = "the value of " + escaped(name, 60) + " is longer than 1 KiB",
                 .where = variable.where};
  variables[name] = std::move(variable);
  return {};
}

Result<void> AnsibleInventory::add_host(const std::string& group, const std::string& name,
                                        const AnsibleVariables& variables, const std::string& where) {
  if (name.empty() || name.size() > kLongestName || name.find_first_of("/ \t,()") != std::string::npos ||
      escaped(name) != name)
    return Error{Code::kConfig, "\"" + escaped(name, 60) + "\" is no name of a host", where};
  groups[group].hosts.insert(name);
  auto& host = hosts[name];
  if (host.where.empty()) host.where = where;
  for (const auto& [key, variable] : variables) host.variables[key] = variable;
  variables_ += variables.size();
  if (hosts.size() > kMostHosts) return Error{Code::kLimit, "more than 10,000 hosts", where};
  if (variables_ > kMostVariables) return Error{Code::kLimit, "more than 100,000 variables", where};
  return {};
}

Result<std::vector<std::string>> expand_ansible_range(std::string_view pattern) {
  std::vector<std::string> names{""};
  while (!pattern.empty()) {
    const auto open = pattern.find('[');
    for (auto& name : names) name += pattern.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = pattern.find(']', open);
    if (close == std::string_view::npos)
      return Error{Code::kConfig, "\"" + escaped(pattern, 60) + "\" opens a range that it does not close"};
    RUNBOOK_TRY(members, members_of(pattern.substr(open + 1, close - open - 1)));
    pattern.remove_prefix(close + 1);
    if (names.size() * members.size() > kMostHosts || names.front().size() > kLongestName)
      return Error{Code::kLimit,
                   "a pattern that stands for more than 10,000 hosts, or for names of more than 255 bytes"};
    std::vector<std::string> longer;
    for (const auto& name : names)
      for (const auto& member : members) longer.push_back(name + member);
    names = std::move(longer);
  }
  return names;
}

Result<AnsiblePattern> parse_ansible_pattern(std::string_view text) {
  AnsiblePattern out;
  // [2001:db8::1]:2222, which is no range.
  if (const auto close = text.find(']'); text.starts_with('[') && close != std::string_view::npos) {
    const auto inside = text.substr(1, close - 1);
    const auto after = text.substr(close + 1);
    const bool address =
        inside.find("::") != std::string_view::npos || std::count(inside.begin(), inside.end(), ':') > 2;
    if (address && (after.empty() || (after[0] == ':' && is_digits(after.substr(1))))) {
      out.names.emplace_back(inside);
      out.port = after.empty() ? "" : after.substr(1);
      return out;
    }
  }
  auto name = text;
  const auto colon = text.rfind(':');
  if (colon != std::string_view::npos && is_digits(text.substr(colon + 1)) &&
      text.substr(colon).find(']') == std::string_view::npos) {
    // One colon outside of ranges is that of a port; more are those of an address.
    long depth = 0;
    long colons = 0;
    for (const char c : text) {
      depth += c == '[' ? 1 : c == ']' ? -1 : 0;
      colons += c == ':' && depth == 0 ? 1 : 0;
    }
    if (colons == 1) {
      name = text.substr(0, colon);
      out.port = text.substr(colon + 1);
    }
  }
  RUNBOOK_TRY(names, expand_ansible_range(name));
  out.names = std::move(names);
  return out;
}

}  // namespace runbook::run

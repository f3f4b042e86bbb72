#include "primitive/ufw/ufw_file.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/text.h"

namespace runbook::primitive {

namespace {

constexpr std::string_view kTuple = "### tuple ###";
constexpr std::string_view kEnd = "### END RULES ###";
constexpr std::string_view kComment = " comment=";
constexpr std::size_t kFields = 7;
constexpr std::size_t kFieldsOfApp = 9;

bool is_all(std::string_view address) { return address == "0.0.0.0/0" || address == "::/0"; }

// Comments stand there as hexadecimal digits, so that nothing in them ends the line.
std::string from_hex(std::string_view digits) {
  std::string out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    unsigned byte = 0;
    const auto* begin = digits.data() + i;
    if (std::from_chars(begin, begin + 2, byte, 16).ptr != begin + 2) return {};
    out += static_cast<char>(byte);
  }
  return out;
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (const auto field : split(line, ' ')) {
    if (!field.empty()) fields.push_back(field);
  }
  return fields;
}

void read_action(std::string_view field, UfwEntry& entry) {
  entry.routed = field.starts_with("route:");
  if (entry.routed) field.remove_prefix(std::string_view("route:").size());
  const auto line = field.find('_');
  entry.rule.action = field.substr(0, line);
  if (line != std::string_view::npos) entry.rule.log = field.substr(line + 1);
}

void read_direction(std::string_view field, UfwEntry& entry) {
  const auto line = field.find('_');
  entry.rule.direction = field.substr(0, line);
  if (line != std::string_view::npos) entry.rule.interface = field.substr(line + 1);
}

std::string app_of(const std::vector<std::string_view>& fields) {
  if (fields.size() != kFieldsOfApp) return {};
  std::string name(fields[6] == "-" ? fields[7] : fields[6]);
  for (auto at = name.find("%20"); at != std::string::npos; at = name.find("%20")) name.replace(at, 3, " ");
  return name;
}

std::optional<UfwEntry> entry_of(std::string_view line) {
  if (!line.starts_with(kTuple)) return {};
  line.remove_prefix(kTuple.size());
  UfwEntry entry;
  if (const auto at = line.find(kComment); at != std::string_view::npos) {
    entry.comment = from_hex(trim(line.substr(at + kComment.size())));
    line = line.substr(0, at);
  }
  const auto fields = fields_of(line);
  if (fields.size() != kFields && fields.size() != kFieldsOfApp) return {};
  const auto named = [](std::string_view field) { return std::string(field == "any" ? "" : field); };
  read_action(fields[0], entry);
  entry.rule.proto = named(fields[1]);
  entry.rule.to_port = named(fields[2]);
  entry.rule.to = fields[3];
  entry.rule.from_port = named(fields[4]);
  entry.rule.from = fields[5];
  read_direction(fields.back(), entry);
  entry.v6 = entry.rule.to.find(':') != std::string::npos;
  entry.app = app_of(fields);
  if (!entry.app.empty())
    entry.counted_as = entry.app + " " + entry.rule.to + " " + entry.rule.from + " " + std::string(fields.back());
  entry.rule = with_family_once(std::move(entry.rule));
  const auto said = parse_ufw_rule(ufw_text(entry.rule));
  entry.sayable = !entry.routed && entry.app.empty() && said && *said == entry.rule;
  return entry;
}

std::size_t counted(const std::vector<UfwEntry>& entries) {
  std::set<std::string_view> applications;
  std::size_t count = 0;
  for (const auto& entry : entries) {
    if (entry.counted_as.empty() || applications.insert(entry.counted_as).second) ++count;
  }
  return count;
}

using Entries = std::vector<UfwEntry>;
constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

// The rule of one kind of address that a rule for both is kept as; nothing where it is not for that kind.
std::optional<UfwRule> half_of(const UfwRule& rule, bool v6) {
  const std::string all = v6 ? "::/0" : "0.0.0.0/0";
  auto half = rule;
  if (rule.from == "any" && rule.to == "any") {
    half.from = all;
    return half;
  }
  const auto& named = rule.from == "any" ? rule.to : rule.from;
  if ((named.find(':') != std::string::npos) != v6) return {};
  return half;
}

std::size_t index_of(const Entries& entries, const std::optional<UfwRule>& half) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const auto& entry) { return half && entry.sayable && entry.rule == *half; });
  return found == entries.end() ? kNowhere : static_cast<std::size_t>(found - entries.begin());
}

std::optional<UfwRule> replaced_in(const Entries& entries, const std::optional<UfwRule>& half) {
  if (!half) return {};
  for (const auto& entry : entries) {
    auto other = entry.rule;
    other.action = half->action;
    other.log = half->log;
    if (entry.sayable && other == *half && !(entry.rule == *half)) return entry.rule;
  }
  return {};
}

// Where the half for IPv6 of an entry for IPv4 stands.
std::size_t index_of_twin(const Entries& entries, const UfwEntry& entry) {
  if (!is_all(entry.rule.from) || entry.rule.to != "any") return kNowhere;
  auto twin = entry.rule;
  twin.from = "::/0";
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const auto& other) {
    return other.rule == twin && other.app == entry.app && other.routed == entry.routed;
  });
  return found == entries.end() ? kNowhere : static_cast<std::size_t>(found - entries.begin());
}

// ufw puts the half for IPv6 before the twin of the one that the half for IPv4 comes before, or behind all others.
bool come_back_together(const UfwRules& rules, std::size_t at4, std::size_t at6) {
  if (at4 == 0 && at6 == 0) return true;
  if (at4 + 1 == rules.v4.size()) return at6 + 1 == rules.v6.size();
  const auto next = index_of_twin(rules.v6, rules.v4[at4 + 1]);
  return next == kNowhere ? at6 + 1 == rules.v6.size() : next == at6 + 1;
}

// For both kinds, where both are there.
std::string said(const UfwRules& rules, const UfwEntry& entry) {
  if (!entry.sayable) return {};
  auto rule = entry.rule;
  if (is_all(rule.from) && rule.to == "any") {
    rule.from = "any";
    if (index_of(rules.v4, half_of(rule, false)) == kNowhere || index_of(rules.v6, half_of(rule, true)) == kNowhere)
      rule.from = entry.rule.from;
  }
  return ufw_text(rule);
}

Value value_of(const UfwRules& rules, const UfwEntry& entry, std::size_t number) {
  const auto& rule = entry.rule;
  Value value = Value::Map{{"number", number}, {"v6", entry.v6}, {"routed", entry.routed}};
  const auto add = [&](const char* name, const std::string& text) {
    if (!text.empty()) value[name] = text;
  };
  add("rule", said(rules, entry));
  add("action", rule.action);
  add("direction", rule.direction);
  add("from", is_all(rule.from) ? "any" : rule.from);
  add("from_port", rule.from_port);
  add("to", is_all(rule.to) ? "any" : rule.to);
  add("to_port", rule.to_port);
  add("proto", rule.proto);
  add("on", rule.interface);
  add("log", rule.log);
  add("app", entry.app);
  add("comment", entry.comment);
  return value;
}

bool names_port(std::string_view ports, unsigned port) {
  const auto number = [](std::string_view digits) {
    unsigned value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  };
  for (const auto part : split(ports, ',')) {
    const auto colon = part.find(':');
    const auto first = number(part.substr(0, colon));
    const auto last = colon == std::string_view::npos ? first : number(part.substr(colon + 1));
    if (first <= port && port <= last) return true;
  }
  return false;
}

bool is_from(const std::string& from, const UfwTraffic& traffic) {
  if (from == "any" || is_all(from)) return true;
  const auto network = parse_ip_network(from);
  return traffic.from && network && contains(*network, *traffic.from);
}

bool decides(const UfwEntry& entry, const UfwTraffic& traffic) {
  const auto& rule = entry.rule;
  return !entry.routed && rule.direction == "in" && rule.interface != "lo" && rule.from_port.empty() &&
         (rule.proto.empty() || rule.proto == traffic.proto) &&
         (rule.to_port.empty() || names_port(rule.to_port, traffic.port)) && is_from(rule.from, traffic);
}

}  // namespace

std::size_t UfwRules::count4() const { return counted(v4); }
std::size_t UfwRules::count6() const { return counted(v6); }

Result<UfwRules> parse_ufw_rules(std::string_view files) {
  UfwRules rules;
  bool ended = false;
  for (const auto line : split(files, '\n')) {
    if (auto entry = entry_of(line)) {
      auto& list = entry->v6 ? rules.v6 : rules.v4;
      list.push_back(std::move(*entry));
    }
    ended = ended || trim(line) == kEnd;
  }
  if (!ended) return Error{Code::kProtocol, "the files of ufw's rules cannot be read"};
  return rules;
}

Value listed(const UfwRules& rules) {
  Value::List list;
  for (std::size_t i = 0; i < rules.v4.size(); ++i) list.push_back(value_of(rules, rules.v4[i], i + 1));
  const auto before = rules.count4();
  for (std::size_t i = 0; i < rules.v6.size(); ++i) list.push_back(value_of(rules, rules.v6[i], before + i + 1));
  return list;
}

UfwPlace find_rule(const UfwRules& rules, const UfwRule& rule) {
  UfwPlace place;
  const auto half4 = half_of(rule, false);
  const auto half6 = half_of(rule, true);
  place.places = rules.count4() + (half4 ? 0 : rules.count6());
  place.replaces = replaced_in(rules.v4, half4);
  if (!place.replaces) place.replaces = replaced_in(rules.v6, half6);
  const auto at4 = index_of(rules.v4, half4);
  const auto at6 = index_of(rules.v6, half6);
  if (at4 == kNowhere && at6 == kNowhere) return place;
  if (at4 != kNowhere && at6 != kNowhere) {
    place.there = rule;
    place.together = come_back_together(rules, at4, at6);
  } else {
    place.there = at4 == kNowhere ? half6 : half4;
  }
  place.places = rules.count4() + (at4 == kNowhere ? rules.count6() : 0) - 1;
  place.number = at4 == kNowhere ? rules.count4() + at6 + 1 : at4 + 1;
  place.comment = (at4 == kNowhere ? rules.v6[at6] : rules.v4[at4]).comment;
  return place;
}

Value deciding(const UfwRules& rules, const UfwTraffic& traffic) {
  const bool v6 = traffic.from && traffic.from->v6;
  const auto& entries = v6 ? rules.v6 : rules.v4;
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return decides(entry, traffic); });
  if (found == entries.end()) return {};
  const auto number = static_cast<std::size_t>(found - entries.begin()) + 1 + (v6 ? rules.count4() : 0);
  return value_of(rules, *found, number);
}

}  // namespace runbook::primitive

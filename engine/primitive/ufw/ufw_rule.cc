#include "primitive/ufw/ufw_rule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <utility>

#include "base/hash.h"
#include "base/text.h"
#include "base/usage.h"
#include "primitive/ufw/ip_network.h"

namespace runbook::primitive {

namespace {

constexpr unsigned kHighestPort = 65'535;
constexpr std::size_t kMostPorts = 15;  // of iptables' multiport, a range counts as two
constexpr std::size_t kLongestInterface = 15;
constexpr std::size_t kDigits = 12;
constexpr std::string_view kExample = "such as deny from 203.0.113.7 to any port 443 proto tcp";

using Words = std::deque<std::string_view>;

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string_view take(Words& words) {
  if (words.empty()) return {};
  const auto word = words.front();
  words.pop_front();
  return word;
}

bool take_if(Words& words, std::string_view word) {
  if (words.empty() || words.front() != word) return false;
  words.pop_front();
  return true;
}

Words words_in(std::string_view text) {
  Words words;
  for (const auto word : split(text, ' ')) {
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

Error wrong(std::string_view word, const std::string& wanted) {
  return usage((word.empty() ? "the rule ends too early" : "\"" + escaped(word, 40) + "\" of the rule") + ": " + wanted,
               std::string(kExample));
}

Result<unsigned> port_in(std::string_view digits) {
  unsigned port = 0;
  const auto* end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, port);
  if (read.ec == std::errc() && read.ptr == end && port >= 1 && port <= kHighestPort) return port;
  return usage("\"" + escaped(digits, 40) + "\" is no port: 443, 80,443 or 8000:8010, not the name of a service");
}

Result<std::string> address_in(std::string_view word) {
  if (word == "any" || word == "0.0.0.0/0" || word == "::/0") return std::string(word);
  RUNBOOK_TRY(network, parse_ip_network(word));
  if (network.prefix == 0) return usage("\"" + escaped(word, 40) + "\" is every address: any, 0.0.0.0/0 or ::/0");
  return text_of(network);
}

bool is_interface(std::string_view name) {
  return !name.empty() && name.size() <= kLongestInterface && name != "." && name != ".." && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view("_-.@").find(c) != std::string_view::npos;
         });
}

Result<void> read_proto(std::string_view word, UfwRule& rule) {
  if (!is_one_of(word, {"tcp", "udp", "any"})) return wrong(word, "proto is tcp or udp");
  rule.proto = word == "any" ? "" : word;
  return {};
}

// deny 443, allow 22/tcp
Result<void> read_short(std::string_view word, UfwRule& rule) {
  const auto slash = word.find('/');
  RUNBOOK_TRY(ports, ufw_ports(word.substr(0, slash)));
  rule.to_port = std::move(ports);
  if (slash == std::string_view::npos) return {};
  return read_proto(word.substr(slash + 1), rule);
}

Result<void> read_side(Words& words, std::string& address, std::string& port) {
  if (words.empty()) return wrong({}, "an address or any comes behind from and to");
  RUNBOOK_TRY(read, address_in(take(words)));
  address = std::move(read);
  if (!take_if(words, "port")) return {};
  if (words.empty()) return wrong({}, "a port comes behind port");
  RUNBOOK_TRY(ports, ufw_ports(take(words)));
  port = std::move(ports);
  return {};
}

Result<void> read_head(Words& words, UfwRule& rule) {
  const auto action = take(words);
  if (!is_one_of(action, {"allow", "deny", "reject", "limit"}))
    return wrong(action, "it begins with allow, deny, reject or limit");
  rule.action = action;
  if (!words.empty() && is_one_of(words.front(), {"in", "out"})) {
    rule.direction = take(words);
    if (take_if(words, "on")) {
      const auto name = take(words);
      if (!is_interface(name)) return wrong(name, "the name of an interface comes behind on");
      rule.interface = name;
    }
  }
  if (!words.empty() && is_one_of(words.front(), {"log", "log-all"})) rule.log = take(words);
  return {};
}

Result<void> read_clauses(Words& words, UfwRule& rule) {
  std::vector<std::string_view> seen;
  while (!words.empty()) {
    const auto clause = take(words);
    if (std::find(seen.begin(), seen.end(), clause) != seen.end()) return wrong(clause, "it is said twice");
    seen.push_back(clause);
    if (clause == "from") {
      RUNBOOK_CHECK(read_side(words, rule.from, rule.from_port));
    } else if (clause == "to") {
      RUNBOOK_CHECK(read_side(words, rule.to, rule.to_port));
    } else if (clause == "proto") {
      RUNBOOK_CHECK(read_proto(take(words), rule));
    } else {
      return wrong(clause, "from, to or proto comes here");
    }
  }
  return {};
}

bool names_v6(const std::string& address) { return address.find(':') != std::string::npos; }
bool names_all(const std::string& address) { return is_one_of(address, {"any", "0.0.0.0/0", "::/0"}); }

Result<void> check_whole(const UfwRule& rule) {
  if (rule.from != "any" && rule.to != "any" && names_v6(rule.from) != names_v6(rule.to))
    return usage("the rule names an address of IPv4 and one of IPv6");
  const bool many = (rule.from_port + rule.to_port).find_first_of(",:") != std::string::npos;
  if (many && rule.proto.empty()) return usage("several ports want proto tcp or proto udp");
  return {};
}

void add_side(std::vector<std::string>& words, const char* name, const std::string& address, const std::string& port) {
  words.insert(words.end(), {name, address});
  if (!port.empty()) words.insert(words.end(), {"port", port});
}

}  // namespace

Result<std::string> ufw_ports(std::string_view text) {
  std::vector<std::pair<unsigned, unsigned>> ports;  // the second is 0 where it is no range
  std::size_t count = 0;
  for (const auto part : split(text, ',')) {
    const auto colon = part.find(':');
    RUNBOOK_TRY(first, port_in(part.substr(0, colon)));
    unsigned last = 0;
    if (colon != std::string_view::npos) {
      RUNBOOK_TRY(end, port_in(part.substr(colon + 1)));
      if (end <= first) return usage("\"" + escaped(part, 40) + "\": a range of ports goes upwards");
      last = end;
    }
    ports.emplace_back(first, last);
    count += last == 0 ? 1 : 2;
  }
  if (count > kMostPorts) return usage("a rule has at most 15 ports, of which a range counts as two");
  std::stable_sort(ports.begin(), ports.end());
  std::string out;
  for (const auto& [first, last] : ports) {
    out += (out.empty() ? "" : ",") + std::to_string(first);
    if (last != 0) out += ":" + std::to_string(last);
  }
  return out;
}

UfwRule with_family_once(UfwRule rule) {
  if (!names_all(rule.from)) {
    if (names_all(rule.to)) rule.to = "any";
  } else if (!names_all(rule.to)) {
    rule.from = "any";
  } else if (rule.to != "any") {
    rule.from = std::exchange(rule.to, "any");
  }
  return rule;
}

Result<UfwRule> parse_ufw_rule(std::string_view text) {
  auto words = words_in(text);
  UfwRule rule;
  RUNBOOK_CHECK(read_head(words, rule));
  if (words.empty()) return wrong({}, "what it is about comes next");
  if (!is_one_of(words.front(), {"from", "to", "proto"})) {
    RUNBOOK_CHECK(read_short(take(words), rule));
    if (!words.empty()) return wrong(words.front(), "nothing comes behind the short form");
  } else {
    RUNBOOK_CHECK(read_clauses(words, rule));
  }
  RUNBOOK_CHECK(check_whole(rule));
  return with_family_once(std::move(rule));
}

std::vector<std::string> ufw_words(const UfwRule& rule) {
  std::vector<std::string> words = {rule.action};
  if (rule.direction != "in" || !rule.interface.empty()) words.push_back(rule.direction);
  if (!rule.interface.empty()) words.insert(words.end(), {"on", rule.interface});
  if (!rule.log.empty()) words.push_back(rule.log);
  add_side(words, "from", rule.from, rule.from_port);
  add_side(words, "to", rule.to, rule.to_port);
  if (!rule.proto.empty()) words.insert(words.end(), {"proto", rule.proto});
  return words;
}

std::string ufw_text(const UfwRule& rule) {
  std::string text;
  for (const auto& word : ufw_words(rule)) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string ufw_unit(const UfwRule& rule) { return "runbook-ufw-" + sha256(ufw_text(rule)).substr(0, kDigits); }

std::string ufw_end_unit(const UfwRule& rule) { return ufw_unit(rule) + "-end"; }

}  // namespace runbook::primitive

// One rule of ufw, and the words in which it is said.
//
//   allow|deny|reject|limit [in|out [on INTERFACE]] [log|log-all]
//     [from any|ADDRESS [port PORTS]] [to any|ADDRESS [port PORTS]] [proto tcp|udp]
//
// and the short form of it: deny 443, allow 22/tcp. It is a part of what ufw understands: no rules for what is routed,
// no names of applications or services, which are whatever a file of the host says that they are. What is sent to a
// host is made anew from what was understood (ufw_words), so nothing that an author writes becomes an option.
//
// "any" is what ufw keeps as two rules, one for each kind of address. A rule for IPv4 alone that names no address says
// "from 0.0.0.0/0", for IPv6 "from ::/0". `ufw show added` does not tell these three apart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace runbook::primitive {

struct UfwRule {
  std::string action;  // "allow", "deny", "reject" or "limit"
  std::string direction = "in";
  std::string interface {};  // empty: all
  std::string log{};         // "log", "log-all"; empty for neither
  std::string from = "any";  // "any", "0.0.0.0/0", "::/0", or as text_of (ip_network.h)
  std::string from_port{};   // "53", "80,443", "8000:8010"; empty: all
  std::string to = "any";
  std::string to_port{};
  std::string proto{};  // "tcp", "udp"; empty: all

  bool operator==(const UfwRule&) const = default;
};

/// kUsage names the word that is wrong, and what may stand there.
Result<UfwRule> parse_ufw_rule(std::string_view text);

/// "80,443" and "8000:8010" in the order in which ufw keeps them; kUsage.
Result<std::string> ufw_ports(std::string_view text);

/// Where both sides name no address, it is said by `from` alone; where one does, the other is "any".
UfwRule with_family_once(UfwRule rule);

/// The words behind `ufw`, `ufw prepend` and `ufw delete`, in the one order in which we say them.
std::vector<std::string> ufw_words(const UfwRule& rule);
/// The same with blanks between.
std::string ufw_text(const UfwRule& rule);

/// The unit of systemd on the host that takes back what nobody confirmed; its timer and its service have this name. Of
/// one rule there is one.
std::string ufw_unit(const UfwRule& rule);
/// The unit there that ends a rule which lasts for a time only.
std::string ufw_end_unit(const UfwRule& rule);

}  // namespace runbook::primitive

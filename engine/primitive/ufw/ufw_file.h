// The rules that a host's ufw keeps: /etc/ufw/user.rules and /etc/ufw/user6.rules, one behind the other.
//
// Of these files only the lines count that ufw itself reads them by (backend_iptables.py, _read_rules):
//
//   ### tuple ### deny tcp 443 0.0.0.0/0 any 203.0.113.7 in comment=782079
//                 action proto port to port from [application of either side] direction[_interface]
//
// They tell what `ufw status numbered` and `ufw show added` leave out: which of both kinds of address a rule is for,
// and where it stands among those of its kind. The first rule that fits decides.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/value.h"
#include "primitive/ufw/ip_network.h"
#include "primitive/ufw/ufw_rule.h"

namespace runbook::primitive {

struct UfwEntry {
  UfwRule rule;  // for one kind of address
  bool v6 = false;
  bool sayable = true;  // by the words of ufw_rule.h
  bool routed = false;  // for what the host passes on
  std::string app{};    // the application whose ports it names
  std::string comment{};
  std::string counted_as{};  // those of one application count as one
};

struct UfwRules {
  std::vector<UfwEntry> v4{};
  std::vector<UfwEntry> v6{};

  /// How many ufw counts: its numbers go from 1 over those for IPv4 to those for IPv6.
  [[nodiscard]] std::size_t count4() const;
  [[nodiscard]] std::size_t count6() const;
};

/// Of both files. kProtocol for a text without an end of rules.
Result<UfwRules> parse_ufw_rules(std::string_view files);

/// Each with the number that `ufw insert` knows it by: {number, rule (in the words that change.ufw_delete takes; absent
/// of what they do not say), v6, action, direction, from, from_port, to, to_port, proto, on, log, app, routed,
/// comment}, absent where it says none.
Value listed(const UfwRules& rules);

/// Where a rule stands.
struct UfwPlace {
  std::optional<UfwRule> there{};  // in the words that take away what is there of it: for both kinds of address, or one
  std::size_t number = 0;
  std::string comment{};
  bool together = true;               // put in again at that number, its half for IPv6 comes where it was, too
  std::optional<UfwRule> replaces{};  // one that differs in what it does alone: adding this one does away with it
  std::size_t places = 0;             // the highest number that ufw would insert it at if it was not there
};
UfwPlace find_rule(const UfwRules& rules, const UfwRule& rule);

/// What comes in: to a port, by tcp or udp, from a network or from anywhere.
struct UfwTraffic {
  unsigned port = 0;
  std::string proto = "tcp";
  std::optional<IpNetwork> from{};
};
/// The entry of `listed` that decides over it; null where none does, and the default counts. One for an address of the
/// host or for an interface other than lo counts, as if it came in there.
Value deciding(const UfwRules& rules, const UfwTraffic& traffic);

}  // namespace runbook::primitive

// The rules of a host's ufw, over SSH. All of it wants to be asked by root.
#include "primitive/read/host_ufw.h"

#include "base/text.h"
#include "base/usage.h"
#include "primitive/read/ask_host.h"
#include "primitive/read/read_rows.h"
#include "primitive/ufw/ufw_file.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

using guard::Argv;
using safety::ArgSpec;
using safety::ArgType;
using safety::in_words;
using safety::ReadRow;
using safety::Target;

constexpr double kHighestPort = 65'535;

struct Firewall {
  bool active = false;
  std::string incoming{};  // what becomes of what no rule decides over: "deny"
  UfwRules rules{};
};

// "Default: deny (incoming), allow (outgoing), disabled (routed)"
std::string incoming_of(std::string_view status) {
  constexpr std::string_view kDefault = "Default: ";
  const auto at = status.find(kDefault);
  if (at == std::string_view::npos) return {};
  status.remove_prefix(at + kDefault.size());
  return std::string(status.substr(0, status.find(' ')));
}

Task<Result<Firewall>> read_ufw(Reach& reach, const Target& target) {
  Argv status = {"ufw", "status", "verbose"};
  RUNBOOK_CO_TRY(said, co_await ask_host(reach, target, std::move(status)));
  Firewall firewall;
  firewall.active = said.starts_with("Status: active");
  if (!firewall.active && !said.starts_with("Status: inactive"))
    co_return Error{Code::kProtocol, "what ufw says cannot be read", target.name};
  firewall.incoming = incoming_of(said);
  Argv files = {"cat", "/etc/ufw/user.rules", "/etc/ufw/user6.rules"};
  RUNBOOK_CO_TRY(text, co_await ask_host(reach, target, std::move(files)));
  RUNBOOK_CO_TRY(rules, at_host(target, parse_ufw_rules(text)));
  firewall.rules = std::move(rules);
  co_return firewall;
}

// ---- host.ufw_rules

Result<std::optional<UfwTraffic>> traffic_of(const Value& args) {
  std::optional<UfwTraffic> traffic;
  const auto& port = args["port"];
  if (port.is_null()) {
    if (args["from"].is_null() && args["proto"].is_null()) return traffic;
    return usage("from and proto say more of a port: port = 443");
  }
  const auto number = port.number_or(0);
  if (number < 1 || number > kHighestPort || number != static_cast<unsigned>(number))
    return usage("port is a number from 1 to 65535");
  traffic.emplace();
  traffic->port = static_cast<unsigned>(number);
  traffic->proto = args["proto"].text_or("tcp");
  if (const auto* from = args["from"].as_text()) {
    RUNBOOK_TRY(network, parse_ip_network(*from));
    traffic->from = network;
  }
  return traffic;
}

Task<Result<Value>> read_rules(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(traffic, traffic_of(args));
  RUNBOOK_CO_TRY(firewall, co_await read_ufw(reach, target));
  Value out = Value::Map{{"active", firewall.active}, {"rules", listed(firewall.rules)}};
  if (!firewall.incoming.empty()) out["incoming"] = firewall.incoming;
  if (traffic) {
    auto decides = deciding(firewall.rules, *traffic);
    const auto verdict = !firewall.active    ? Value("allow")
                         : decides.is_null() ? Value(firewall.incoming)
                                             : std::as_const(decides)["action"];
    out["verdict"] = verdict;
    out["blocked"] = verdict.text_or("") == "deny" || verdict.text_or("") == "reject";
    if (!decides.is_null()) out["decides"] = std::move(decides);
  }
  co_return std::move(out);
}

std::string of_rules(const Value& answer) {
  auto text = answer["active"].bool_or(false) ? std::to_string(answer["rules"].items().size()) + " rules"
                                              : std::string("not active");
  if (answer["verdict"].is_null()) return text;
  const auto& rule = answer["decides"];
  return text + ", verdict " + in_words(answer["verdict"]) +
         (rule.is_null() ? " by default" : " by rule " + in_words(rule["number"]));
}

// ---- host.ufw_rule

Value text_or_null(const std::optional<UfwRule>& rule) { return rule ? Value(ufw_text(*rule)) : Value(); }

Task<Result<Value>> read_rule(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(rule, parse_ufw_rule(args["rule"].text_or("")));
  RUNBOOK_CO_TRY(firewall, co_await read_ufw(reach, target));
  const auto place = find_rule(firewall.rules, rule);
  Value out = Value::Map{{"there", text_or_null(place.there)},
                         {"replaces", text_or_null(place.replaces)},
                         {"unconfirmed", false},
                         {"ends", false}};
  if (place.there) {
    out["number"] = place.number;
    out["together"] = place.together;
    out["last"] = place.number > place.places;
    if (!place.comment.empty()) out["comment"] = place.comment;
  }
  if (const auto at = args["at"].number_or(0); at > 0 && !place.there)
    out["beyond"] = at > static_cast<double>(place.places);
  const auto timers = co_await ask_ufw_timers(reach, target, rule);
  if (timers) {
    out["unconfirmed"] = timers->unconfirmed;
    out["ends"] = timers->ends;
  } else if (timers.error().code == Code::kNotFound) {
    out["unfit"] = "the host has no systemd, whose timer would take it back if nobody can log in any more";
  } else {
    co_return timers.error();
  }
  if (!firewall.active) out["unfit"] = "ufw is not active there, and no rule of it counts";
  co_return std::move(out);
}

std::string of_rule(const Value& answer) {
  const auto& there = answer["there"];
  const auto text = there.is_null() ? std::string("not there") : "there, at number " + in_words(answer["number"]);
  return answer["unconfirmed"].bool_or(false) ? text + ", and not confirmed yet" : text;
}

constexpr auto kProtos = std::to_array<std::string_view>({"tcp", "udp"});
constexpr ArgSpec kRulesArgs[] = {
    {"port", ArgType::kNumber, false, "tells what decides over what comes to this port", "443"},
    {"from", ArgType::kText, false, "from this address or network; from anywhere over IPv4 unless said", "203.0.113.7"},
    {"proto", ArgType::kText, false, "by which protocol; tcp unless said", "tcp", kProtos}};
constexpr ArgSpec kRuleArgs[] = {
    {"rule", ArgType::kText, true, "the rule, as ufw takes it", "deny from 203.0.113.7 to any port 443 proto tcp"},
    {"at", ArgType::kNumber, false, "tells whether it can be inserted at that number", "3"}};

const ReadRow kRows[] = {
    {"host.ufw_rules", "ssh", kRulesArgs,
     "The rules of ufw as changes take them, and what they say of a port; it wants to be asked by root.",
     "{active, incoming (\"deny\": what becomes of what no rule decides over), rules = list of {number, rule (as "
     "change.ufw_delete takes it; absent of one that it does not take), v6, routed, action, direction, from, "
     "from_port, to, to_port, proto, on, log, app, comment}; with port, verdict (\"allow\", \"deny\" …), blocked "
     "and decides (the rule that does; absent when the default does); one for an interface other than lo counts as if "
     "it came in "
     "there}; error not_found when the host has no ufw",
     read_rules, "{client} ufw status verbose", of_rules},
    {"host.ufw_rule", "ssh", kRuleArgs, "Whether ufw has a rule, and where.",
     "{there (the rule, for both kinds of address or the one that has it), number, last, comment, together, replaces "
     "(the rule that ufw would make into this one), beyond (with at: there are fewer), unconfirmed, ends, unfit}",
     read_rule, "{client} ufw status numbered", of_rule},
};

}  // namespace

Task<Result<UfwTimers>> ask_ufw_timers(Reach& reach, const Target& target, const UfwRule& rule) {
  const auto unit = ufw_unit(rule);
  Argv argv = {"systemctl", "is-active", unit + ".timer", unit + ".service", ufw_end_unit(rule) + ".timer"};
  RUNBOOK_CO_TRY(output, co_await hear_host(reach, target, std::move(argv)));
  const auto lines = split(trim(output.out), '\n');
  if (lines.size() != 3) co_return Error{Code::kNotFound, "the host has no systemd", target.name};
  const auto busy = [](auto line) { return line == "active" || line == "activating" || line == "deactivating"; };
  co_return UfwTimers{.unconfirmed = busy(lines[0]) || busy(lines[1]), .ends = busy(lines[2])};
}

std::span<const ReadRow> host_ufw_rows() { return kRows; }

}  // namespace runbook::primitive

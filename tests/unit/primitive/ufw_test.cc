#include "catch.h"
#include "primitive/ufw/ufw_file.h"
#include "primitive/ufw/ufw_rule.h"

using namespace runbook;
using namespace runbook::primitive;

namespace {

std::string said(std::string_view text) {
  const auto rule = parse_ufw_rule(text);
  return rule ? ufw_text(*rule) : "refused: " + rule.error().message;
}

// As ufw 0.36.2 keeps them.
constexpr std::string_view kFiles =
    "*filter\n"
    "### RULES ###\n"
    "\n### tuple ### deny tcp 443 0.0.0.0/0 any 203.0.113.7 in comment=782079\n-A ufw-user-input -p tcp …\n"
    "\n### tuple ### limit tcp 22 0.0.0.0/0 any 0.0.0.0/0 in\n"
    "\n### tuple ### route:deny any any 0.0.0.0/0 any 10.0.0.0/8 in\n"
    "\n### tuple ### allow tcp 80,443 0.0.0.0/0 any 0.0.0.0/0 WWW%20Full - in\n"
    "\n### tuple ### deny_log udp 53 1.2.3.4 any 0.0.0.0/0 out_eth0\n"
    "\n### tuple ### deny tcp 77 0.0.0.0/0 any 0.0.0.0/0 in\n"
    "\n### END RULES ###\nCOMMIT\n"
    "*filter\n"
    "### RULES ###\n"
    "\n### tuple ### deny any any ::/0 any 2001:db8::1 in\n"
    "\n### tuple ### limit tcp 22 ::/0 any ::/0 in\n"
    "\n### tuple ### allow tcp 80,443 ::/0 any ::/0 WWW%20Full - in\n"
    "\n### END RULES ###\nCOMMIT\n";

UfwRules rules() { return parse_ufw_rules(kFiles).value(); }

UfwPlace place(std::string_view rule) { return find_rule(rules(), parse_ufw_rule(rule).value()); }

std::string decides(unsigned port, const char* from, const char* proto = "tcp") {
  UfwTraffic traffic{.port = port, .proto = proto};
  if (from != nullptr) traffic.from = parse_ip_network(from).value();
  const auto entry = deciding(rules(), traffic);
  if (entry.is_null()) return "nothing";
  return std::string(entry["action"].text_or("")) + " " +
         std::to_string(static_cast<int>(entry["number"].number_or(0)));
}

}  // namespace

TEST_CASE("a rule is said in one way, however it was written") {
  CHECK(said("deny 443") == "deny from any to any port 443");
  CHECK(said("allow  22/tcp") == "allow from any to any port 22 proto tcp");
  CHECK(said("deny proto tcp to any port 443 from 203.0.113.7/32") ==
        "deny from 203.0.113.7 to any port 443 proto tcp");
  CHECK(said("reject 8000:8010,90/udp") == "reject from any to any port 90,8000:8010 proto udp");
  CHECK(said("limit in on eth0.7 log-all from 2001:DB8:0::/32") ==
        "limit in on eth0.7 log-all from 2001:db8::/32 to any");
  CHECK(said("deny out to any port 25") == "deny out from any to any port 25");
  CHECK(said("deny in from any proto any") == "deny from any to any");
}

TEST_CASE("a rule for one kind of address alone says so once") {
  CHECK(said("deny to 0.0.0.0/0 port 77") == "deny from 0.0.0.0/0 to any port 77");
  CHECK(said("deny from 203.0.113.7 to 0.0.0.0/0") == "deny from 203.0.113.7 to any");
  CHECK(said("deny from ::/0 to 2001:db8::1") == "deny from any to 2001:db8::1");
}

TEST_CASE("what is no rule is refused with the word that is wrong") {
  for (const auto* text : {"",
                           "deny",
                           "drop 443",
                           "Deny 443",
                           "deny ssh",
                           "deny 0",
                           "deny 65536",
                           "deny 80-90",
                           "deny 443/icmp",
                           "deny 443 from any",
                           "deny from",
                           "deny from any from any",
                           "deny from any port",
                           "deny from any port 80,443",
                           "deny from any port 90:80 proto tcp",
                           "deny from 10.1.2.3/8",
                           "deny from 0.0.0.0/1/2",
                           "deny from 300.1.1.1",
                           "deny from 10.0.0.1 to ::1",
                           "deny from ::/0 to 10.0.0.1",
                           "deny in on",
                           "deny in on -x from any",
                           "deny in on a/b from any",
                           "deny on eth0 from any",
                           "deny from any comment x",
                           "allow 'WWW Full'",
                           "deny 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16/tcp",
                           "deny from any\nto any",
                           "--force reset",
                           "deny from 0.0.0.0/0x"}) {
    CAPTURE(text);
    const auto rule = parse_ufw_rule(text);
    REQUIRE_FALSE(rule);
    CHECK(rule.error().code == Code::kUsage);
  }
  CHECK(said("deny from any to here") == "refused: \"here\" is neither an address nor a network");
}

TEST_CASE("a rule that was said reads back as itself") {
  for (const auto* text : {"deny out on eth0 log from 10.0.0.0/8 port 53 to any port 80,443 proto tcp",
                           "allow from 0.0.0.0/0 to any", "limit from ::/0 to any port 22 proto tcp"})
    CHECK(said(text) == text);
}

TEST_CASE("rules that ufw keeps come with their numbers, and in words where there are such") {
  const auto list = listed(rules());
  REQUIRE(list.items().size() == 9);
  const auto word = [&](std::size_t i, const char* name) { return std::string(list.items()[i][name].text_or("-")); };
  CHECK(word(0, "rule") == "deny from 203.0.113.7 to any port 443 proto tcp");
  CHECK(word(0, "comment") == "x y");
  CHECK(word(1, "rule") == "limit from any to any port 22 proto tcp");
  CHECK((word(2, "rule") == "-" && list.items()[2]["routed"].bool_or(false)));
  CHECK((word(3, "rule") == "-" && word(3, "app") == "WWW Full"));
  CHECK(word(4, "rule") == "deny out on eth0 log from any to 1.2.3.4 port 53 proto udp");
  CHECK(word(5, "rule") == "deny from 0.0.0.0/0 to any port 77 proto tcp");
  CHECK((word(6, "from") == "2001:db8::1" && list.items()[6]["number"].number_or(0) == 7));
  CHECK((word(7, "rule") == word(1, "rule") && list.items()[7]["v6"].bool_or(false)));
  CHECK(parse_ufw_rules("nonsense").error().code == Code::kProtocol);
}

TEST_CASE("a rule is found by what it says, for both kinds of address or one") {
  CHECK(place("limit 22/tcp").number == 2);
  CHECK(ufw_text(*place("limit 22/tcp").there) == "limit from any to any port 22 proto tcp");
  CHECK(ufw_text(*place("deny 77/tcp").there) == "deny from 0.0.0.0/0 to any port 77 proto tcp");
  CHECK(place("deny from 2001:db8::1").number == 7);
  CHECK_FALSE(place("deny from 203.0.113.7").there);
  CHECK_FALSE(place("deny in on eth0 from any to any port 77 proto tcp").there);
  CHECK(place("deny from 2001:db8::2").places == 9);
  CHECK(place("deny from 203.0.113.9").places == 6);
  CHECK(place("deny 77/tcp").places == 5);
}

TEST_CASE("a rule that differs in what it does alone would be made into it") {
  CHECK(ufw_text(*place("deny 22/tcp").replaces) == "limit from 0.0.0.0/0 to any port 22 proto tcp");
  CHECK(place("limit in log from any to any port 22 proto tcp").replaces);
  CHECK_FALSE(place("limit 22/tcp").replaces);
  CHECK_FALSE(place("deny 22/udp").replaces);
  CHECK_FALSE(place("deny 80,443/tcp").replaces);
}

TEST_CASE("ufw keeps both halves of a rule together where the next one has both halves, too") {
  const auto together = [](std::string_view files, std::string_view rule) {
    return find_rule(parse_ufw_rules(files).value(), parse_ufw_rule(rule).value()).together;
  };
  const std::string a4 = "### tuple ### deny any 1 0.0.0.0/0 any 0.0.0.0/0 in\n";
  const std::string a6 = "### tuple ### deny any 1 ::/0 any ::/0 in\n";
  const std::string b4 = "### tuple ### deny any 2 0.0.0.0/0 any 0.0.0.0/0 in\n";
  const std::string b6 = "### tuple ### deny any 2 ::/0 any ::/0 in\n";
  const std::string c4 = "### tuple ### deny any any 0.0.0.0/0 any 10.0.0.1 in\n";
  const std::string end = "### END RULES ###\n";
  CHECK(together(c4 + a4 + b4 + a6 + b6 + end, "deny 1"));
  CHECK(together(c4 + a4 + b4 + a6 + b6 + end, "deny 2"));
  CHECK_FALSE(together(b4 + a4 + c4 + a6 + b6 + end, "deny 1"));
  CHECK_FALSE(together(c4 + a4 + b4 + b6 + a6 + end, "deny 1"));
}

TEST_CASE("the first rule that fits decides") {
  CHECK(decides(443, "203.0.113.7") == "deny 1");
  CHECK(decides(443, "203.0.113.8") == "allow 4");
  CHECK(decides(443, nullptr) == "allow 4");
  CHECK(decides(443, "203.0.113.7", "udp") == "nothing");
  CHECK(decides(22, "10.0.0.1") == "limit 2");
  CHECK(decides(22, "2001:db8::1") == "deny 7");
  CHECK(decides(22, "2001:db8::2") == "limit 8");
  CHECK(decides(53, nullptr, "udp") == "nothing");
}

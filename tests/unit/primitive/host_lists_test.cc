#include "primitive/read/host_lists.h"

#include "catch.h"

using namespace runbook::primitive;
using runbook::Code;

TEST_CASE("what takes room comes with the largest first, and the folder itself is the sum") {
  const auto told =
      parse_du("4\t/var/lib\n900\t/var/log/big one\n20\t/var/log\nbroken\n7\trelative\n2000\t/var\n", "/var", 2);
  CHECK(told["total"].number_or(-1) == 2000 * 1024);
  REQUIRE(told["largest"].items().size() == 2);
  CHECK(told["largest"].items()[0]["path"].text_or("") == "/var/log/big one");
  CHECK(told["largest"].items()[0]["bytes"].number_or(-1) == 900 * 1024);
  CHECK(told["largest"].items()[1]["path"].text_or("") == "/var/log");
  CHECK(parse_du("5\t/var/lib\n", "/var", 2)["total"].is_null());
}

TEST_CASE("processes come in the order of ps, with the name of the program and a bounded command") {
  const auto told = parse_processes(
      "    PID    PPID USER                               RSS %CPU ELAPSED COMMAND\n"
      "    812       1 www-data                         20480 12.5    3600 /usr/sbin/nginx -g daemon off;\n"
      "      2       0 root                                 0  0.0  999999 [kthreadd]\n"
      "     99       1 root                                10  0.0       1 sshd: deploy [priv]\n",
      2);
  REQUIRE(told);
  CHECK((*told)["count"].number_or(-1) == 3);
  REQUIRE((*told)["processes"].items().size() == 2);
  const auto& nginx = (*told)["processes"].items()[0];
  CHECK(nginx["name"].text_or("") == "nginx");
  CHECK(nginx["command"].text_or("") == "/usr/sbin/nginx -g daemon off;");
  CHECK(nginx["memory"].number_or(-1) == 20480 * 1024);
  CHECK(nginx["cpu_percent"].number_or(-1) == 12.5);
  CHECK(nginx["up_seconds"].number_or(-1) == 3600);
  CHECK((*told)["processes"].items()[1]["name"].text_or("") == "[kthreadd]");
  const auto named_by_itself =
      parse_processes("PID PPID USER RSS %CPU ELAPSED COMMAND\n9 1 root 1 0.0 1 sshd: deploy [priv]\n", 5);
  CHECK((*named_by_itself)["processes"].items()[0]["name"].text_or("") == "sshd");
  for (const auto* text : {"", "error: unknown column\n", "PID PPID USER RSS %CPU ELAPSED COMMAND\n1 2 root\n"})
    CHECK(parse_processes(text, 5).error().code == Code::kProtocol);
  const auto long_one =
      parse_processes("PID PPID USER RSS %CPU ELAPSED COMMAND\n1 0 root 1 0.0 1 " + std::string(9000, 'x') + "\n", 5);
  CHECK((*long_one)["processes"].items()[0]["command"].text_or("").size() < 520);
}

TEST_CASE("rules of the firewall are told by number, whatever is in their columns") {
  const auto told = parse_ufw(
      "Status: active\n\n     To                         Action      From\n     --                         ------      "
      "----\n"
      "[ 1] 22/tcp                     ALLOW IN    Anywhere                  \n"
      "[ 2] 80,443/tcp                 DENY IN     10.0.0.0/8                 # the old office: ALLOW nobody\n"
      "[ 3] 22/tcp (v6)                LIMIT IN    Anywhere (v6)             \n"
      "[10] 10.0.0.1 8080/tcp on eth0  REJECT OUT  192.168.0.0/16             (out)\n");
  REQUIRE(told);
  CHECK((*told)["active"].bool_or(false));
  const auto& rules = (*told)["rules"].items();
  REQUIRE(rules.size() == 4);
  CHECK(rules[0]["to"].text_or("") == "22/tcp");
  CHECK(rules[0]["action"].text_or("") == "ALLOW IN");
  CHECK(rules[0]["from"].text_or("") == "Anywhere");
  CHECK(rules[1]["action"].text_or("") == "DENY IN");
  CHECK(rules[1]["from"].text_or("") == "10.0.0.0/8");
  CHECK(rules[1]["comment"].text_or("") == "the old office: ALLOW nobody");
  CHECK(rules[2]["v6"].bool_or(false));
  CHECK(rules[2]["to"].text_or("") == "22/tcp");
  CHECK(rules[3]["number"].number_or(-1) == 10);
  CHECK(rules[3]["to"].text_or("") == "10.0.0.1 8080/tcp on eth0");
  CHECK(rules[3]["action"].text_or("") == "REJECT OUT");
  const auto off = parse_ufw("Status: inactive\n");
  REQUIRE(off);
  CHECK_FALSE((*off)["active"].bool_or(true));
  CHECK(parse_ufw("ERROR: You need to be root\n").error().code == Code::kProtocol);
}

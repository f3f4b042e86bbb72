#include "primitive/read/socket_lines.h"

#include "base/json.h"
#include "catch.h"

using namespace runbook::primitive;
using runbook::Code;
using runbook::to_json;

namespace {

constexpr auto kLines =
    "udp   UNCONN    0      0      127.0.0.53%lo:53         0.0.0.0:*\n"
    "tcp   LISTEN    3      511          0.0.0.0:80         0.0.0.0:*\n"
    "tcp   LISTEN    0      128             [::]:22            [::]:*\n"
    "tcp   ESTAB     0      0           10.0.0.7:80       10.0.0.3:51234\n"
    "tcp   ESTAB     0      0           10.0.0.7:80       10.0.0.3:51235\n"
    "tcp   TIME-WAIT 0      0           10.0.0.7:80       10.0.0.4:51236\n"
    "tcp   ESTAB     0      0             [::1]:22           [::1]:40000\n"
    "tcp   ESTAB     0      0           10.0.0.7:39000     10.0.0.9:6379\n";

}  // namespace

TEST_CASE("where a host listens, and how many connections it has to which port and from whom") {
  const auto told = parse_sockets(kLines, 10);
  REQUIRE(told);
  CHECK((*told)["listening"].items().size() == 3);
  CHECK(to_json((*told)["listening"].items()[1]) ==
        R"({"address":"0.0.0.0","backlog":511,"port":80,"protocol":"tcp","waiting":3})");
  CHECK((*told)["connections"].number_or(-1) == 5);
  CHECK(to_json((*told)["states"]) == R"({"ESTAB":4,"TIME-WAIT":1})");
  CHECK(
      to_json((*told)["ports"]) ==
      R"([{"connections":3,"port":80,"states":{"ESTAB":2,"TIME-WAIT":1}},{"connections":1,"port":22,"states":{"ESTAB":1}}])");
  CHECK(to_json((*told)["peers"].items()[0]) == R"({"address":"10.0.0.3","connections":2})");
}

TEST_CASE("of many sockets the busiest are told, and a line that was cut off is no socket") {
  const auto told = parse_sockets(std::string(kLines) + "tcp   ESTAB  0   0   10.0.0", 1);
  REQUIRE(told);
  CHECK((*told)["ports"].items().size() == 1);
  CHECK((*told)["peers"].items().size() == 1);
  CHECK((*told)["connections"].number_or(-1) == 5);
  CHECK(parse_sockets("", 1));
  CHECK(parse_sockets("ss: unknown option\n", 1).error().code == Code::kProtocol);
  CHECK(parse_sockets("tcp ESTAB many 0 a:1 b:2\n", 1).error().code == Code::kProtocol);
}

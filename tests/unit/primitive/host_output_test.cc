#include "primitive/read/host_output.h"

#include "catch.h"

using namespace runbook::primitive;
using runbook::Code;

TEST_CASE("the load of a host") {
  const auto load = parse_loadavg("0.45 1.31 1.44 2/345 12345\n");
  REQUIRE(load);
  CHECK((*load)["one"].number_or(-1) == 0.45);
  CHECK((*load)["running"].number_or(-1) == 2);
  CHECK((*load)["processes"].number_or(-1) == 345);
  for (const auto* text : {"", "0.45 1.31 1.44 2 3", "nan 1 1 2/3 4", "0.45 1.31 1.44 2/345", "-1 1 1 2/3 4"})
    CHECK(parse_loadavg(text).error().code == Code::kProtocol);
}

TEST_CASE("memory comes in bytes, and what is used is what is not available") {
  const auto memory = parse_meminfo(
      "MemTotal:        1000 kB\nMemFree:          100 kB\nMemAvailable:     250 kB\nSwapTotal:        400 kB\n"
      "SwapFree:         300 kB\nHugePages_Total:       0\n");
  REQUIRE(memory);
  CHECK((*memory)["total"].number_or(-1) == 1000 * 1024);
  CHECK((*memory)["used"].number_or(-1) == 750 * 1024);
  CHECK((*memory)["used_percent"].number_or(-1) == 75);
  CHECK((*memory)["swap_used"].number_or(-1) == 100 * 1024);
  CHECK(parse_meminfo("MemFree: 100 kB\n").error().code == Code::kProtocol);
}

TEST_CASE("a disk's share is of what can be used, and its mount point may have blanks") {
  const auto disks = parse_df(
      "Filesystem     Type 1-blocks  Used Available Capacity Mounted on\n/dev/vda       ext4     1000   300       600  "
      "    34% /\n"
      "/dev/vdb       xfs       100   100         0     100% /srv/with blanks\n");
  REQUIRE(disks);
  REQUIRE(disks->items().size() == 2);
  CHECK(disks->items()[0]["percent"].number_or(-1) == 33.3);
  CHECK(disks->items()[1]["mount"].text_or("") == "/srv/with blanks");
  CHECK(disks->items()[1]["percent"].number_or(-1) == 100);
  CHECK(parse_df("df: /nowhere: No such file or directory\n").error().code == Code::kProtocol);
  CHECK(parse_df("Filesystem\n/dev/vda ext4 many 1 1 1% /\n").error().code == Code::kProtocol);
}

TEST_CASE("addresses of a name come each once, and a date without a fraction is a time, too") {
  CHECK(parse_ahosts("usage\n").error().code == Code::kProtocol);
  const auto both = parse_ahosts("10.0.0.7       STREAM redis.lxd\n10.0.0.7       DGRAM\n2001:db8::1  STREAM\n");
  REQUIRE(both);
  REQUIRE(both->items().size() == 2);
  CHECK(both->items()[1].text_or("") == "2001:db8::1");
  CHECK(parse_ahosts("").error().code == Code::kProtocol);
  CHECK(*parse_seconds("1795264802.250000000\n") == 1795264802.25);
  CHECK(*parse_seconds("1795264802.%N\n") == 1795264802);
  CHECK(parse_seconds("Sat Nov 21\n").error().code == Code::kProtocol);
}

TEST_CASE("properties of a unit are text, and the first of a name counts") {
  const auto unit = parse_properties("Id=nginx.service\nDescription=a=b\nId=other\nno equals\n");
  CHECK(unit["Id"].text_or("") == "nginx.service");
  CHECK(unit["Description"].text_or("") == "a=b");
}

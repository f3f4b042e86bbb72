#include "primitive/read/journal_lines.h"

#include "catch.h"

using namespace runbook::primitive;
using runbook::Code;

TEST_CASE("an entry of the journal is told by its time, unit, priority and message") {
  const auto journal = parse_journal(
      R"({"__REALTIME_TIMESTAMP":"1795264802075511","MESSAGE":"Started","PRIORITY":"3","_SYSTEMD_UNIT":"nginx.service","SYSLOG_IDENTIFIER":"nginx","_PID":"77"})"
      "\n"
      R"({"MESSAGE":[110,111,255]})"
      "\n");
  REQUIRE(journal);
  REQUIRE(journal->items().size() == 2);
  const auto& first = journal->items()[0];
  CHECK(first["time"].text_or("") == "2026-11-21T12:40:02.075Z");
  CHECK(first["unit"].text_or("") == "nginx.service");
  CHECK(first["priority"].text_or("") == "err");
  CHECK(first["pid"].number_or(0) == 77);
  CHECK(journal->items()[1]["message"].text_or("") == "no\xff");
  CHECK(parse_journal("")->items().empty());
  CHECK(parse_journal("-- No entries --\n").error().code == Code::kProtocol);
}

TEST_CASE("a kill for want of memory names the process, and whose memory was short") {
  const auto journal = parse_journal(
      R"~({"MESSAGE":"Out of memory: Killed process 4711 (redis-server) total-vm:1kB","__REALTIME_TIMESTAMP":"1795264802075511"})~"
      "\n"
      R"~({"MESSAGE":"Memory cgroup out of memory: Killed process 12 (node) total-vm:1kB"})~"
      "\n"
      R"~({"MESSAGE":"oom_reaper: reaped process 12 (node)"})~");
  const auto kills = oom_kills(*journal);
  REQUIRE(kills.items().size() == 2);
  CHECK(kills.items()[0]["process"].text_or("") == "redis-server");
  CHECK(kills.items()[0]["pid"].number_or(0) == 4711);
  CHECK_FALSE(kills.items()[0]["in_group"].bool_or(true));
  CHECK(kills.items()[1]["in_group"].bool_or(false));
  CHECK(kills.items()[1]["time"].is_null());
}

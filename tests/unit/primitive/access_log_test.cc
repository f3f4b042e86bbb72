#include "primitive/read/access_log.h"

#include "catch.h"

using namespace runbook;
using primitive::access_report;
using primitive::parse_access_line;

namespace {

std::string line(std::string_view address, std::string_view time, std::string_view request = "GET / HTTP/1.1",
                 int status = 200) {
  return std::string(address) + " - - [22/Nov/2026:" + std::string(time) + " +0000] \"" + std::string(request) + "\" " +
         std::to_string(status) + " 179 \"-\" \"curl\"\n";
}

constexpr std::int64_t kNoon = 1'795'348'800;  // 2026-11-22T12:00:00Z

}  // namespace

TEST_CASE("a line tells who asked for what, when, and what came of it") {
  const auto login = line("203.0.113.7", "12:00:00", "GET /login?a=b HTTP/1.1", 401);
  const auto read = parse_access_line(login);
  REQUIRE(read);
  CHECK(read->address == "203.0.113.7");
  CHECK(read->at == kNoon);
  CHECK(read->request == "GET /login?a=b HTTP/1.1");
  CHECK(read->status == 401);
  CHECK(parse_access_line("2001:db8::1 - ann [22/Nov/2026:13:30:00 +0130] \"-\" 400 0")->at == kNoon);
  CHECK(parse_access_line("::1 - - [22/Nov/2026:09:00:00 -0300] \"GET \\\"] \\\" 200 x\" 404 0")->status == 404);
}

TEST_CASE("what is no such line is none") {
  for (const std::string odd :
       {"", "x", "1.2.3 - - [22/Nov/2026:12:00:00 +0000] \"GET /\" 200",
        "10.0.0.0/8 - - [22/Nov/2026:12:00:00 +0000] \"GET /\" 200",
        "evil - - [22/Nov/2026:12:00:00 +0000] \"GET /\" 200", "1.2.3.4 - - [22/Nov/2026:12:00:00 +0000] \"GET /",
        "1.2.3.4 - - [31/Feb/2026:12:00:00 +0000] \"GET /\" 200",
        "1.2.3.4 - - [22/Xyz/2026:12:00:00 +0000] \"GET /\" 200",
        "1.2.3.4 - - [22/Nov/2026:12:00:00 +0000] \"GET /\" x", "1.2.3.4 - - [22/Nov/2026:12:00:00 +0000] \"GET /\"",
        "1.2.3.4 - - [-2/Nov/2026:12:00:00 +0000] \"GET /\" 200"}) {
    INFO(odd);
    CHECK_FALSE(parse_access_line(odd));
  }
}

TEST_CASE("those who ask are counted within the window, the most frequent first") {
  std::string text = line("192.0.2.1", "11:40:00");
  for (int i = 0; i < 40; ++i) text += line("203.0.113.7", "11:57:00", "POST /login HTTP/1.1", i < 10 ? 429 : 401);
  text += line("192.0.2.1", "11:58:00") + line("192.0.2.2", "11:59:00", "GET /socket HTTP/1.1", 101);
  text += line("192.0.2.3", "11:59:30", "GET / HTTP/1.1", 502) + "not a line\n";
  const auto report = access_report(text, {.from = kNoon - 300, .now = kNoon});
  CHECK(report["count"] == Value(43));
  CHECK(report["per_minute"] == Value(8.6));
  CHECK(report["refused"] == Value(10));
  CHECK(report["opened"] == Value(1));
  CHECK(report["failed"] == Value(1));
  CHECK(report["addresses"] == Value(4));
  CHECK(report["median"] == Value(1));
  CHECK(report["highest"] == Value(8));
  CHECK(report["unread"] == Value(1));
  CHECK(report["complete"] == Value(true));
  CHECK(report["top"].items().size() == 4);
  CHECK(report["top"].items()[0]["address"] == Value("203.0.113.7"));
  CHECK(report["top"].items()[0]["times"] == Value(40));
  const auto logins = access_report(text, {.from = kNoon - 300, .now = kNoon, .holding = "/login"});
  CHECK(logins["addresses"] == Value(1));
}

TEST_CASE("lines that were cut off tell of a shorter time, and a burst is no rate") {
  std::string burst;
  for (int i = 0; i < 60; ++i) burst += line("192.0.2.1", "11:59:58");
  CHECK(access_report(burst, {.from = kNoon - 300, .now = kNoon})["per_minute"] == Value(60));
  const auto cut = access_report(burst, {.from = kNoon - 300, .now = kNoon, .is_cut = true});
  CHECK(cut["per_minute"] == Value(1800));
  CHECK(cut["complete"] == Value(false));
  CHECK(cut["from"] == Value("2026-11-22T11:59:58.000Z"));
}

TEST_CASE("a log in which nobody asked is told as that") {
  const auto report = access_report("", {.from = kNoon - 300, .now = kNoon});
  CHECK(report["count"] == Value(0));
  CHECK(report["highest"] == Value(0));
  CHECK(report["top"].items().empty());
}

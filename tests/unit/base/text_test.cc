#include "base/text.h"

#include <limits>

#include "base/clock.h"
#include "base/hash.h"
#include "catch.h"

using namespace runbook;
using std::chrono::milliseconds;

TEST_CASE("control characters, bidi overrides and broken UTF-8 are shown, not obeyed") {
  CHECK(escaped("a\x1b[31mb\r\n") == "a\\x1b[31mb\\r\\n");
  CHECK(escaped("\xe2\x80\xae"
                "evil") == "\\u{202e}evil");
  CHECK(escaped("\xff\xc3") == "\\xff\\xc3");
  CHECK(escaped("\xc2\x9b"
                "31m") == "\\x9b31m");
  CHECK(escaped("Grüße ✓") == "Grüße ✓");
}

TEST_CASE("escaped text is cut at the width, with an ellipsis") {
  CHECK(escaped("abcdef", 4) == "abc…");
  CHECK(escaped("abcd", 4) == "abcd");
}

TEST_CASE("a misspelled name finds its neighbour, a foreign one finds nothing") {
  const std::vector<std::string> known = {"evidence", "diagnose", "mitigations"};
  CHECK(nearest("evidense", known) == "evidence");
  CHECK(nearest("mitigation", known) == "mitigations");
  CHECK(nearest("zzz", known).empty());
}

TEST_CASE("sizes are read as redis.conf reads them and shown in binary units") {
  CHECK(parse_bytes("5gb") == 5368709120U);
  CHECK(parse_bytes("1.5 MiB") == 1572864U);
  CHECK(parse_bytes("512") == 512U);
  CHECK_FALSE(parse_bytes("5 parsecs"));
  CHECK_FALSE(parse_bytes("-1"));
  CHECK(bytes_text(20971520) == "20 MiB");
  CHECK(bytes_text(17) == "17 B");
  CHECK(bytes_text(1610612736) == "1.5 GiB");
}

TEST_CASE("durations are read and shown") {
  CHECK(parse_duration("250ms") == milliseconds(250));
  CHECK(parse_duration("15m") == milliseconds(900'000));
  CHECK_FALSE(parse_duration("15"));
  CHECK_FALSE(parse_duration("soon"));
  CHECK(duration_text(milliseconds(1500)) == "1.5 s");
  CHECK(duration_text(milliseconds(90'000)) == "1 min 30 s");
}

TEST_CASE("base64 and SHA-256 agree with their published vectors") {
  CHECK(to_base64("foobar") == "Zm9vYmFy");
  CHECK(from_base64("Zm9vYg==") == "foob");
  CHECK_FALSE(from_base64("Zm9"));
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("an age is measured on the boot clock, whatever the wall clock says") {
  ManualClock clock;
  const auto then = clock.now();
  clock.advance(milliseconds(500));
  clock.set_wall(0);
  CHECK(age(then, clock.now()) == milliseconds(500));
  CHECK(utc_text(1'790'000'000'123) == "2026-09-21T14:13:20.123Z");
}

TEST_CASE("JSON is escaped to JSON that means the same and shows nothing that steers") {
  CHECK(runbook::escaped_json(R"({"a":[1,"plain ä \n"]})") == R"({"a":[1,"plain ä \n"]})");
  CHECK(runbook::escaped_json("\"\x7f\xc2\x9b\xe2\x80\xae\xf3\xa0\x81\x81\"") == R"("\u007f\u009b\u202e\udb40\udc41")");
  CHECK(runbook::escaped_json("{\n  \"a\": 1\n}") == "{\n  \"a\": 1\n}");
}

TEST_CASE("the largest amount that a server can name is told in full") {
  const auto text = bytes_text(std::numeric_limits<double>::max());
  CHECK(text.ends_with(" TiB"));
  CHECK(text.find('\0') == std::string::npos);
  CHECK(text.size() > 290);
}

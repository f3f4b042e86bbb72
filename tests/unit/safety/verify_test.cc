#include "safety/verify.h"

#include <algorithm>

#include "audit_fixture.h"
#include "base/text.h"
#include "catch.h"
#include "safety/head.h"

using runbook::Code;
using runbook::test::AuditState;
using runbook::test::content_of;
using runbook::test::put;

namespace {

void check_corrupt(AuditState& at, const std::string& place, const std::string& what) {
  const auto verified = at.verify();
  REQUIRE_FALSE(verified);
  CHECK(verified.error().code == Code::kAudit);
  INFO(verified.error().text());
  CHECK(verified.error().where.find(place) != std::string::npos);
  CHECK(verified.error().message.find(what) != std::string::npos);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (const auto line : runbook::split(text, '\n')) lines.emplace_back(line);
  lines.pop_back();
  return lines;
}

std::string text_of(const std::vector<std::string>& lines) { return runbook::join(lines, "\n") + "\n"; }

}  // namespace

TEST_CASE("every single changed byte of a log is found, and the line is named") {
  AuditState at;
  at.fill(6);
  const auto sound = content_of(at.log);
  std::size_t line = 1;
  for (std::size_t i = 0; i < sound.size(); ++i) {
    auto bytes = sound;
    bytes[i] = static_cast<char>(bytes[i] ^ 1);
    put(at.log, bytes);
    const auto verified = at.verify();
    INFO("byte " << i << " of line " << line);
    REQUIRE_FALSE(verified);
    REQUIRE(verified.error().code == Code::kAudit);
    REQUIRE(verified.error().where == at.log.string() + ":" + std::to_string(line));
    if (sound[i] == '\n') ++line;
  }
}

TEST_CASE("every single changed byte of HEAD is found") {
  AuditState at;
  at.fill(2);
  const auto sound = content_of(at.head);
  REQUIRE(sound.size() == 512);
  for (std::size_t i = 0; i < sound.size(); ++i) {
    auto bytes = sound;
    bytes[i] = static_cast<char>(bytes[i] ^ 1);
    put(at.head, bytes);
    INFO("byte " << i);
    const auto verified = at.verify();
    REQUIRE_FALSE(verified);
    REQUIRE(verified.error().code == Code::kAudit);
  }
}

TEST_CASE("a log that was cut at any byte is found") {
  AuditState at;
  at.fill(4);
  const auto sound = content_of(at.log);
  for (std::size_t length = 0; length < sound.size(); ++length) {
    put(at.log, sound.substr(0, length));
    INFO(length << " bytes");
    const auto verified = at.verify();
    REQUIRE_FALSE(verified);
    REQUIRE(verified.error().message.find("cut off") != std::string::npos);
  }
}

TEST_CASE("lines swapped, removed, doubled or put in are found where they begin to differ") {
  AuditState at;
  at.fill(8);
  auto lines = lines_of(content_of(at.log));
  SECTION("swapped") {
    std::swap(lines[3], lines[4]);
    put(at.log, text_of(lines));
    check_corrupt(at, "001.log:4", "record 4 says that it is number 5");
  }
  SECTION("removed") {
    lines.erase(lines.begin() + 2);
    put(at.log, text_of(lines));
    check_corrupt(at, "001.log:3", "record 3 says that it is number 4");
  }
  SECTION("doubled") {
    lines.insert(lines.begin() + 5, lines[4]);
    put(at.log, text_of(lines));
    check_corrupt(at, "001.log:6", "record 6 says that it is number 5");
  }
  SECTION("an empty line") {
    lines.insert(lines.begin() + 1, "");
    put(at.log, text_of(lines));
    check_corrupt(at, "001.log:2", "record 2 is no record");
  }
  SECTION("a blank that JSON would not mind") {
    lines[6].insert(1, " ");
    put(at.log, text_of(lines));
    check_corrupt(at, "001.log:7", "record 7 is not in canonical form");
  }
  SECTION("an earlier HEAD with the log cut to it is the one thing that only an anchor elsewhere shows") {
    const auto head = content_of(at.head);
    const auto log = content_of(at.log);
    at.fill(1);
    put(at.head, head);
    put(at.log, log);
    CHECK(at.verify().value().records == 9);
  }
}

TEST_CASE("a HEAD for an earlier record cannot be made from what stands in the log and in HEAD") {
  AuditState at;
  at.fill(5);
  auto lines = lines_of(content_of(at.log));
  lines.pop_back();
  const auto last = runbook::safety::parse_record(lines.back()).value();
  auto head = runbook::safety::parse_head(content_of(at.head)).value();
  head.at = {.n = last.n, .hash = last.hash, .size = text_of(lines).size()};
  put(at.log, text_of(lines));
  put(at.head, runbook::safety::head_bytes(head));
  check_corrupt(at, "001.log:5", "record 5 is not the one that HEAD names");
  CHECK_FALSE(at.open()->writable());
}

TEST_CASE("a HEAD that names no record does not excuse a log that was cut") {
  AuditState at;
  at.fill(5);
  auto lines = lines_of(content_of(at.log));
  lines.resize(3);
  put(at.log, text_of(lines));
  put(at.head, runbook::safety::head_bytes({.log = "001.log", .at = {}, .token = std::string(32, 't')}));
  check_corrupt(at, "HEAD", "HEAD was damaged");
}

TEST_CASE("a signed record from another course of the same log does not fit in") {
  AuditState at;
  at.fill(2);
  AuditState other;
  std::filesystem::copy(at.state, other.state, std::filesystem::copy_options::recursive);
  at.fill(2);
  other.fill(2);
  auto lines = lines_of(content_of(at.log));
  lines[4] = lines_of(content_of(other.log))[4];
  put(at.log, text_of(lines));
  check_corrupt(at, "001.log:5", "record 5 does not follow from the record before it");
}

TEST_CASE("a record that was rewritten together with its hash still lacks the signature") {
  AuditState at;
  at.fill(3);
  auto lines = lines_of(content_of(at.log));
  auto record = runbook::safety::parse_record(lines[1]).value();
  record.data = runbook::Value::Map{{"i", 99}};
  lines[1] = seal_record(record, [&](std::string_view) { return record.sig; });
  put(at.log, text_of(lines));
  check_corrupt(at, "001.log:2", "record 2 is not signed by this state directory's key");
}

TEST_CASE("another key, another HEAD, a missing or a foreign file are found") {
  AuditState at;
  AuditState other;
  at.fill(3);
  other.fill(3);
  SECTION("public key") {
    put(at.state / "keys/audit.pub", content_of(other.state / "keys/audit.pub"));
    check_corrupt(at, "001.log:1", "not signed");
  }
  SECTION("no public key") {
    std::filesystem::remove(at.state / "keys/audit.pub");
    check_corrupt(at, "audit.pub", "missing");
  }
  SECTION("HEAD of another directory") {
    put(at.head, content_of(other.head));
    check_corrupt(at, "001.log:4", "not the one that HEAD names");
  }
  SECTION("no HEAD") {
    std::filesystem::remove(at.head);
    check_corrupt(at, "HEAD", "No such file");
  }
  SECTION("no log") {
    std::filesystem::remove(at.log);
    check_corrupt(at, "001.log", "missing");
  }
  SECTION("a gap between logs") {
    put(at.state / "audit/003.log", "");
    check_corrupt(at, "002.log", "missing");
  }
  SECTION("a foreign file") {
    put(at.state / "audit/notes.txt", "hello");
    check_corrupt(at, "notes.txt", "does not belong there");
  }
}

TEST_CASE("where nothing was ever recorded there is nothing to verify") {
  AuditState at;
  CHECK(at.verify().error().code == Code::kNotFound);
}

TEST_CASE("a log that goes on in a second file is read through") {
  AuditState at;
  at.fill(4);
  const auto journal = at.open();
  const auto lines = lines_of(content_of(at.log));
  put(at.log, text_of({lines[0], lines[1]}));
  put(at.state / "audit/002.log", text_of({lines[2], lines[3], lines[4]}));
  CHECK(journal->records("r-1").value().size() == 4);
  // Each file begins with a record that says so: moving records from file to file is not unseen either.
  check_corrupt(at, "002.log:1", "record 3 is not the beginning of a log of format 1");
}

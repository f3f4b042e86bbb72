#include "safety/journal.h"

#include <sys/stat.h>

#include "audit_fixture.h"
#include "base/text.h"
#include "catch.h"

using runbook::Code;
using runbook::Value;
using runbook::safety::Record;
using runbook::test::AuditState;

TEST_CASE("records are numbered from one, chained, signed, and read back as they were") {
  AuditState at;
  const auto journal = at.open();
  const Value data =
      Value::Map{{"bytes", std::string("\xff\x00", 2)}, {"text", "ä\n"}, {"list", Value::List{1.5, true, Value()}}};
  const auto first = journal->append("r-1", "RUN_START", data).value();
  const auto second = journal->append_durable("r-1", "INTENT", Value::Map{}).value();
  REQUIRE(journal->append("", "NOTE", Value::Map{}));
  CHECK(first.n == 2);
  CHECK(second.n == 3);
  CHECK(second.prev == first.hash);

  const auto records = journal->records("r-1").value();
  REQUIRE(records.size() == 2);
  CHECK(records[0].data == data);
  CHECK(records[0].moment.wall_ms == at.clock.now().wall_ms);
  CHECK(records[0].moment.boot_ms == at.clock.now().boot_ms);
  CHECK(records[0].moment.boot_id == "test-boot");
  CHECK(records[1].hash == second.hash);
  const auto start = journal->records("").value().front();
  CHECK(start.n == 1);
  CHECK(start.type == "LOG_START");
  CHECK(start.prev == runbook::safety::kNoHash);
  CHECK(first.prev == start.hash);
  const auto summary = at.verify().value();
  CHECK(summary.records == 4);
  CHECK(summary.anchored == 3);
  CHECK(summary.runs == 1);
  CHECK(summary.first_time == runbook::utc_text(at.clock.now().wall_ms));
}

TEST_CASE("the state directory holds what it should and nobody else can read it") {
  AuditState at;
  at.fill(1);
  const auto mode = [](const std::filesystem::path& path) {
    struct stat status {};
    REQUIRE(stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777U;
  };
  CHECK(at.storage.list(at.state).value() == std::vector<std::string>{"audit", "keys"});
  CHECK(at.storage.list(at.state / "audit").value() == std::vector<std::string>{"001.log", "HEAD"});
  CHECK(at.storage.list(at.state / "keys").value() == std::vector<std::string>{"audit.key", "audit.pub"});
  CHECK(mode(at.state) == 0700);
  CHECK(mode(at.log) == 0600);
  CHECK(mode(at.state / "keys/audit.key") == 0600);
  CHECK(at.verify());
}

TEST_CASE("a journal that is opened again goes on where the last one ended") {
  AuditState at;
  at.fill(3);
  at.fill(2);
  CHECK(at.verify().value().records == 6);
  const auto journal = at.open();
  REQUIRE(journal->append("r-2", "RUN_START", Value::Map{}));
  CHECK(at.open()->append("r-3", "RUN_START", Value::Map{}).value().n == 8);
  CHECK(at.verify().value().anchored == 6);
  REQUIRE(at.open()->append_durable("r-3", "RUN_END", Value::Map{}));
  CHECK(at.verify().value().anchored == 9);
}

TEST_CASE("two journals that take turns make one chain") {
  AuditState at;
  const auto one = at.open();
  const auto two = at.open();
  for (int i = 0; i < 20; ++i) {
    const auto& journal = i % 3 == 0 ? one : two;
    const auto done =
        i % 2 == 0 ? journal->append("r", "X", Value::Map{}) : journal->append_durable("r", "X", Value::Map{});
    CHECK(done.value().n == static_cast<std::uint64_t>(i) + 2);
  }
  CHECK(at.verify().value().records == 21);
}

TEST_CASE("what cannot be read back cannot be appended") {
  AuditState at;
  const auto journal = at.open();
  CHECK(journal->append("r", "X", Value::List{}).error().code == Code::kInternal);
  CHECK(journal->append("r", "X", Value::Map{{"n", 1e308 * 10}}).error().code == Code::kInternal);
  CHECK(journal->append("r\xff", "X", Value::Map{}).error().code == Code::kInternal);
  CHECK(journal->append("r", "X", Value::Map{{"t", std::string(200'000, 'x')}}).error().code == Code::kInternal);
  Value deep = Value::Map{};
  for (int i = 0; i < 40; ++i) deep = Value::Map{{"d", deep}};
  CHECK(journal->append("r", "X", deep).error().code == Code::kInternal);
  CHECK(journal->append("r", "X", Value::Map{{"fine", true}}).value().n == 2);
  CHECK(at.verify().value().records == 2);
}

TEST_CASE("data that imitates the notation for bytes, or has keys that are no text, does not spoil the log") {
  AuditState at;
  const auto journal = at.open();
  REQUIRE(journal->append("r", "X", Value::Map{{"fake", Value::Map{{"$base64", "YWJj"}}}}));
  REQUIRE(journal->append("r", "X", Value::Map{{"fake", Value::Map{{"$base64", "/wCA"}}}}));
  REQUIRE(journal->append("r", "X", Value::Map{{"\xff", 1}, {"z", 2}, {"\\xff", 3}, {"~", 4}}));
  REQUIRE(journal->append("r", "X", Value::Map{{"big", 9007199254740993.0}, {"tiny", 5e-324}, {"huge", -1.7e308}}));
  CHECK(at.verify().value().records == 5);
}

TEST_CASE("observers see each record, also when nothing can be written") {
  AuditState at;
  std::vector<std::string> seen;
  const auto note = [&](const Record& record) { seen.push_back(std::to_string(record.n) + " " + record.type); };
  const auto journal = at.open();
  journal->subscribe(note);
  REQUIRE(journal->append("r", "A", Value::Map{}));
  REQUIRE(journal->append_durable("r", "B", Value::Map{}));

  runbook::test::put(at.dir.path() / "file", "in the way");
  const auto blind = runbook::safety::Journal::open(at.storage, at.clock, at.dir.path() / "file");
  blind->subscribe(note);
  CHECK(blind->writable().error().code == Code::kAudit);
  CHECK(blind->append("r", "C", Value::Map{}).error().code == Code::kAudit);
  CHECK(blind->ready_for_changes().error().code == Code::kAudit);
  CHECK(seen == std::vector<std::string>{"2 A", "3 B", "0 C"});
}

TEST_CASE("a line that broke off is cut, kept in a RECOVERED record, and the chain goes on") {
  AuditState at;
  at.fill(3);
  const auto sound = runbook::test::content_of(at.log);
  const auto torn =
      GENERATE(as<std::string>{}, "{", "{\"boot_id\":\"x", std::string("\0\xff\x80", 3), std::string(100'000, 'x'));
  runbook::test::put(at.log, sound + torn);
  CHECK(at.verify().value().torn == torn.size());

  REQUIRE(at.open()->append_durable("r-2", "RUN_START", Value::Map{}));
  const auto records = at.open()->records("").value();
  REQUIRE(records.size() == 2);
  CHECK(records[1].type == "RECOVERED");
  CHECK(records[1].data["bytes"] == Value(torn.size()));
  CHECK(runbook::from_base64(records[1].data["base64"].text_or("")) == torn.substr(0, 4096));
  const auto summary = at.verify().value();
  CHECK(summary.records == 6);
  CHECK(summary.torn == 0);
}

TEST_CASE("a torn line that appears while the journal is open is cut as well") {
  AuditState at;
  const auto journal = at.open();
  REQUIRE(journal->append("r", "A", Value::Map{}));
  runbook::test::put(at.log, runbook::test::content_of(at.log) + "{\"torn");
  CHECK(journal->append_durable("r", "B", Value::Map{}).value().n == 4);
  CHECK(at.verify().value().records == 4);
}

TEST_CASE("a log or HEAD that was unlinked or replaced is noticed before the next change") {
  AuditState at;
  const auto journal = at.open();
  REQUIRE(journal->append_durable("r", "A", Value::Map{}));
  REQUIRE(journal->ready_for_changes());
  SECTION("unlinked log") { std::filesystem::remove(at.log); }
  SECTION("replaced log") {
    const auto bytes = runbook::test::content_of(at.log);
    std::filesystem::remove(at.log);
    runbook::test::put(at.log, bytes);
  }
  SECTION("unlinked HEAD") { std::filesystem::remove(at.head); }
  SECTION("the whole folder moved") { std::filesystem::rename(at.state, at.dir.path() / "moved"); }
  SECTION("cut log") { std::filesystem::resize_file(at.log, 10); }
  const auto ready = journal->ready_for_changes();
  REQUIRE_FALSE(ready);
  CHECK(ready.error().code == Code::kAudit);
  CHECK_FALSE(ready.error().next.empty());
  CHECK_FALSE(journal->append_durable("r", "INTENT", Value::Map{}));
}

TEST_CASE("a damaged tail, a missing key or a missing HEAD lets a journal open that cannot write") {
  AuditState at;
  at.fill(4);
  auto bytes = runbook::test::content_of(at.log);
  SECTION("a digit of the last record") {
    bytes[bytes.size() - 200] = bytes[bytes.size() - 200] == 'a' ? 'b' : 'a';
    runbook::test::put(at.log, bytes);
  }
  SECTION("the last record is gone") { runbook::test::put(at.log, bytes.substr(0, bytes.rfind("{\"boot_id"))); }
  SECTION("everything is gone") { runbook::test::put(at.log, ""); }
  SECTION("the log itself is gone") { std::filesystem::remove(at.log); }
  SECTION("a sound line of another log follows") {
    AuditState other;
    other.fill(5);
    const auto lines = runbook::test::content_of(other.log);
    runbook::test::put(at.log, bytes + lines.substr(lines.rfind("{\"boot_id")));
  }
  SECTION("a fitting record without a signature follows") {
    auto record = at.open()->records("r-1").value().back();
    record.prev = record.hash;
    record.n += 1;
    runbook::test::put(at.log, bytes + seal_record(record, [&](std::string_view) { return record.sig; }) + "\n");
  }
  SECTION("no private key") { std::filesystem::remove(at.state / "keys/audit.key"); }
  SECTION("another private key") {
    AuditState other;
    other.fill(1);
    runbook::test::put(at.state / "keys/audit.key", runbook::test::content_of(other.state / "keys/audit.key"));
  }
  SECTION("no HEAD") { std::filesystem::remove(at.head); }
  SECTION("an empty HEAD") { runbook::test::put(at.head, ""); }
  SECTION("a HEAD of zeros") { runbook::test::put(at.head, std::string(512, '\0')); }
  const auto journal = at.open();
  REQUIRE_FALSE(journal->writable());
  CHECK(journal->writable().error().code == Code::kAudit);
  CHECK_FALSE(journal->append_durable("r", "INTENT", Value::Map{}));
  CHECK_FALSE(journal->ready_for_changes());
}

// A log that goes on in the next file: who makes it, who follows, and what a crash between the two leaves.
#include <cerrno>

#include "audit_fixture.h"
#include "base/text.h"
#include "catch.h"
#include "support/failing_storage.h"

using runbook::Code;
using runbook::Value;
using runbook::safety::Journal;
using runbook::test::AuditState;
using runbook::test::content_of;
using runbook::test::FailingStorage;
using runbook::test::put;

namespace {

struct RotatedState : AuditState {
  std::filesystem::path second = state / "audit/002.log";

  [[nodiscard]] std::vector<std::string> files() { return storage.list(state / "audit").value(); }
  [[nodiscard]] std::string problem() {
    const auto verified = verify();
    return verified ? "" : verified.error().text();
  }
};

std::vector<std::uint64_t> numbers(const std::vector<runbook::safety::Record>& records) {
  std::vector<std::uint64_t> out;
  for (const auto& record : records) out.push_back(record.n);
  return out;
}

const Value kNothing = Value::Map{};
const Value kInDoubt = Value::Map{{"intent", 2}, {"status", "in_doubt"}};
const Value kSettled = Value::Map{{"intent", 2}, {"status", "applied"}};

}  // namespace

TEST_CASE("a log that has grown goes on in the next file, and its chain with it") {
  RotatedState at;
  const auto journal = at.open();
  const auto first = journal->append_durable("r-1", "NOTE", kNothing).value();
  REQUIRE(journal->rotate_beyond(content_of(at.log).size() + 1));
  CHECK_FALSE(std::filesystem::exists(at.second));
  REQUIRE(journal->rotate_beyond(content_of(at.log).size()));
  const auto next = journal->append_durable("r-1", "NOTE", kNothing).value();
  CHECK(next.n == 4);
  CHECK(content_of(at.second).find("\"LOG_GOES_ON\"") != std::string::npos);
  CHECK(journal->records("").value().back().prev == first.hash);
  CHECK(numbers(journal->records("r-1").value()) == std::vector<std::uint64_t>{2, 4});
  CHECK(at.verify().value().records == 4);
  CHECK(at.files() == std::vector<std::string>{"001.log", "002.log", "HEAD"});
}

TEST_CASE("who has the log open follows into the next file with the next append") {
  RotatedState at;
  const auto slow = at.open();
  const auto quick = at.open();
  for (std::uint64_t n = 2; n < 40; n += 4) {
    CHECK(slow->append("slow", "NOTE", kNothing).value().n == n);
    REQUIRE(quick->rotate_beyond(1));
    REQUIRE(quick->rotate_beyond(1));  // two files on, of which the one between holds nothing else
    CHECK(slow->append_durable("slow", "NOTE", kNothing).value().n == n + 3);
  }
  CHECK(at.verify().value().records == 41);
  CHECK(at.files().size() == 22);
}

TEST_CASE("the next file says which INTENTs are open, and none is lost over many files") {
  RotatedState at;
  const auto journal = at.open();
  REQUIRE(journal->append_intent("r-1", Value::Map{{"i", 1}}));
  REQUIRE(journal->append_intent("r-1", Value::Map{{"i", 2}}));
  REQUIRE(journal->append_durable("r-1", "OUTCOME", Value::Map{{"intent", 3}, {"status", "applied"}}));
  for (int i = 0; i < 3; ++i) {
    REQUIRE(journal->rotate_beyond(1));
    CHECK(numbers(journal->open_intents().value()) == std::vector<std::uint64_t>{2});
  }
  REQUIRE(journal->append_durable("r-2", "OUTCOME", kInDoubt));
  REQUIRE(journal->rotate_beyond(1));
  CHECK(numbers(at.open()->open_intents().value()) == std::vector<std::uint64_t>{2});
  CHECK(journal->open_intents().value().front().data["i"] == Value(1));
  REQUIRE(journal->append_durable("r-2", "OUTCOME", kSettled));
  REQUIRE(journal->rotate_beyond(1));
  CHECK(journal->open_intents().value().empty());
  CHECK(at.problem().empty());
}

TEST_CASE("an INTENT that is open blocks when the file it stands in was moved away") {
  RotatedState at;
  const auto journal = at.open();
  REQUIRE(journal->append_intent("r-1", kNothing));
  REQUIRE(journal->rotate_beyond(1));
  std::filesystem::rename(at.log, at.dir.path() / "001.log");
  const auto open = at.open()->open_intents();
  REQUIRE_FALSE(open);
  CHECK(open.error().text().find("INTENT 2") != std::string::npos);
  CHECK(open.error().next.find("bring this log back") != std::string::npos);
}

TEST_CASE("where all files were moved away no new one is made, and when they are back the log goes on") {
  RotatedState at;
  REQUIRE(at.open()->append_durable("r-1", "NOTE", kNothing));
  std::filesystem::rename(at.log, at.dir.path() / "001.log");
  const auto journal = at.open();
  CHECK(journal->writable().error().text().find("its logs are missing") != std::string::npos);
  CHECK(at.files() == std::vector<std::string>{"HEAD"});
  std::filesystem::rename(at.dir.path() / "001.log", at.log);
  CHECK(at.open()->append_durable("r-1", "NOTE", kNothing).value().n == 3);
}

TEST_CASE("a new file that nobody began is begun by the next one, whatever stands in it") {
  RotatedState at;
  REQUIRE(at.open()->append_intent("r-1", kNothing));
  at.fill(2);
  const auto head = content_of(at.head);
  auto waiting = at.open();
  const auto left = GENERATE(as<std::string>{}, "", "{", "{\"half\":1}\n", std::string(500, '\0'), "its own line");
  auto content = left;
  if (left == "its own line") {
    REQUIRE(at.open()->rotate_beyond(1));
    content = content_of(at.second);
    put(at.head, head);
  }
  put(at.second, content);
  const auto found = at.verify();
  REQUIRE(found);
  CHECK(found->records == (left == "its own line" ? 5 : 4));
  const auto journal = GENERATE(false, true) ? std::move(waiting) : at.open();
  CHECK(journal->append_durable("r-2", "NOTE", kNothing).value().n == 6);
  CHECK(numbers(journal->open_intents().value()) == std::vector<std::uint64_t>{2, 3});
  CHECK(at.verify().value().records == 6);
  CHECK(at.verify().value().torn == 0);
}

TEST_CASE("a file of more than its first record that HEAD does not know of is damage") {
  RotatedState at;
  at.fill(2);
  const auto head = content_of(at.head);
  const auto journal = at.open();
  REQUIRE(journal->rotate_beyond(1));
  REQUIRE(journal->append_durable("r-1", "NOTE", kNothing));
  put(at.head, head);
  CHECK(at.problem().find("HEAD belongs to 001.log") != std::string::npos);
  CHECK_FALSE(at.open()->writable());
  CHECK_FALSE(at.open()->append("r-1", "NOTE", kNothing));
}

TEST_CASE(
    "whichever call fails while the log goes on, no record that was promised is lost and the next process goes on") {
  for (const int number : {EIO, ENOSPC}) {
    for (const bool once : {false, true}) {
      bool fired = true;
      for (std::size_t nth = 1; fired; ++nth) {
        REQUIRE(nth < 60);
        RotatedState at;
        at.fill(2);
        FailingStorage storage;
        const auto journal = Journal::open(storage, at.clock, at.state);
        storage.fail(nth, number, {}, once);
        static_cast<void>(journal->rotate_beyond(1));
        fired = storage.fired();
        if (!fired) storage.heal();
        std::uint64_t promised = 3;
        for (int i = 0; i < 2; ++i) {
          if (const auto done = journal->append_intent("r", kNothing)) promised = done->n;
        }
        INFO("call " << nth << (once ? ", once" : ", from then on"));
        if (!fired) CHECK(promised == 6);
        const auto verified = at.verify();
        REQUIRE(verified);
        CHECK(verified->records >= promised);
        const auto next = at.open();
        REQUIRE(next->append_durable("r", "RUN_START", kNothing));
        CHECK(at.problem().empty());
        CHECK(next->open_intents());
      }
    }
  }
}

TEST_CASE("a file that is missing, renamed, swapped, shortened or from elsewhere is found and named") {
  RotatedState at;
  const auto journal = at.open();
  for (int file = 0; file < 3; ++file) {
    REQUIRE(journal->append_durable("r-1", "NOTE", Value::Map{{"file", file}}));
    REQUIRE(journal->rotate_beyond(1));
  }
  const auto third = at.state / "audit/003.log";
  const auto fourth = at.state / "audit/004.log";
  REQUIRE(at.problem().empty());
  SECTION("missing") {
    std::filesystem::remove(at.second);
    CHECK(at.problem().find("002.log: this log is missing") != std::string::npos);
  }
  SECTION("renamed") {
    std::filesystem::rename(at.second, at.state / "audit/005.log");
    CHECK(at.problem().find("002.log: this log is missing") != std::string::npos);
  }
  SECTION("the last one is missing") {
    std::filesystem::remove(fourth);
    CHECK(at.problem().find("003.log:3: its end was cut off") != std::string::npos);
  }
  SECTION("swapped") {
    std::filesystem::rename(at.second, at.dir.path() / "aside");
    std::filesystem::rename(third, at.second);
    std::filesystem::rename(at.dir.path() / "aside", third);
    CHECK(at.problem().find("002.log:1: record 3 says that it is number 5") != std::string::npos);
  }
  SECTION("shortened by a line") {
    const auto bytes = content_of(at.second);
    put(at.second, bytes.substr(0, bytes.find('\n') + 1));
    CHECK(at.problem().find("003.log:1: record 4 says that it is number 5") != std::string::npos);
  }
  SECTION("shortened within a line") {
    const auto bytes = content_of(at.second);
    put(at.second, bytes.substr(0, bytes.size() - 1));
    CHECK(at.problem().find("002.log: ends within a record") != std::string::npos);
  }
  SECTION("emptied") {
    put(at.second, "");
    CHECK(at.problem().find("002.log: ends within a record") != std::string::npos);
  }
}

TEST_CASE("logs that were archived are missed, unless one says from where on there are any") {
  RotatedState at;
  const auto journal = at.open();
  for (int file = 0; file < 3; ++file) {
    REQUIRE(journal->append_durable("r-" + std::to_string(file), "NOTE", kNothing));
    REQUIRE(journal->rotate_beyond(1));
  }
  REQUIRE(journal->append_intent("r-4", kNothing));
  const auto verified_from = [&](const std::string& log) {
    return runbook::safety::verify_audit(at.storage, at.state, {.from = log});
  };
  CHECK(verified_from("002.log").value().records == 6);
  std::filesystem::remove(at.log);
  std::filesystem::remove(at.second);
  CHECK(at.problem().find("001.log: this log is missing") != std::string::npos);
  CHECK(at.problem().find("audit verify --from 003.log") != std::string::npos);
  CHECK(verified_from("002.log").error().message == "this log is missing");
  const auto rest = verified_from("003.log").value();
  CHECK(rest.before == 4);
  CHECK(rest.records == 4);
  CHECK(rest.runs == 2);
  SECTION("changes go on") {
    CHECK(at.open()->append_intent("r-5", kNothing));
    CHECK(verified_from("003.log").value().records == 5);
  }
  SECTION("what is left is verified as before") {
    const auto third = at.state / "audit/003.log";
    auto bytes = content_of(third);
    bytes[bytes.size() / 2] ^= 1;
    put(third, bytes);
    CHECK(verified_from("003.log").error().where.find("003.log:") != std::string::npos);
  }
}

TEST_CASE("reading goes back to the file in which a run began, or which is old enough, and no further") {
  RotatedState at;
  const auto journal = at.open();
  for (int file = 1; file <= 4; ++file) {
    REQUIRE(journal->append("r-" + std::to_string(file), "RUN_START", kNothing));
    REQUIRE(journal->append_durable("r-1", "NOTE", Value::Map{{"run", "r-4"}, {"type", "RUN_START"}}));
    at.clock.advance(std::chrono::hours(1));
    REQUIRE(journal->rotate_beyond(1));
  }
  const auto first_of = [](const auto& read) {
    std::uint64_t first = 0;
    REQUIRE(read([&](const runbook::safety::Record& record) { first = first == 0 ? record.n : first; }));
    return first;
  };
  const auto since = [&](const std::string& run) {
    return first_of([&](const auto& visit) { return journal->for_each_since(run, visit); });
  };
  const auto within = [&](std::chrono::minutes time) {
    return first_of([&](const auto& visit) { return journal->for_each_within(time, visit); });
  };
  CHECK(since("r-1") == 1);
  CHECK(since("r-3") == 7);
  CHECK(since("r-4") == 10);
  CHECK(since("nobody") == 1);
  CHECK(numbers(journal->records("r-1").value()) == std::vector<std::uint64_t>{2, 3, 6, 9, 12});
  // The last file is of this moment; the ones before it began one hour ago, two, three.
  CHECK(within(std::chrono::minutes(30)) == 10);
  CHECK(within(std::chrono::minutes(90)) == 7);
  CHECK(within(std::chrono::hours(24)) == 1);
}

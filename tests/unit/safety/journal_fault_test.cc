#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "audit_fixture.h"
#include "catch.h"
#include "support/failing_storage.h"

using runbook::Code;
using runbook::Value;
using runbook::safety::Journal;
using runbook::test::AuditState;
using runbook::test::FailingStorage;

TEST_CASE("whichever call fails, a record is durable when the journal says so, and the log stays sound") {
  for (const int number : {EIO, ENOSPC}) {
    bool fired = true;
    for (std::size_t nth = 1; fired; ++nth) {
      REQUIRE(nth < 200);
      AuditState at;
      FailingStorage storage;
      storage.fail(nth, number);
      std::uint64_t promised = 0;
      const auto journal = Journal::open(storage, at.clock, at.state);
      for (int i = 0; i < 3; ++i) {
        static_cast<void>(journal->ready_for_changes());
        const auto done = journal->append_intent("r", Value::Map{{"i", i}});
        if (done) promised = done->n;
        CHECK((done || done.error().code == Code::kAudit));
      }
      fired = storage.fired();
      INFO("call " << nth << ": " << (journal->writable() ? "" : journal->writable().error().text()));
      if (!fired) CHECK(promised == 4);
      if (promised > 0) {
        const auto verified = at.verify();
        REQUIRE(verified);
        CHECK(verified->records >= promised);
        CHECK(verified->anchored >= promised);
      }
      // After the fault is gone, the next process goes on with what is there.
      const auto next = at.open();
      INFO((next->writable() ? "" : next->writable().error().text()));
      REQUIRE(next->append_durable("r", "RUN_START", Value::Map{}));
      CHECK(at.verify().value().records > promised);
    }
  }
}

TEST_CASE("after one failed fdatasync nothing is written any more, although the disk works again") {
  AuditState at;
  FailingStorage storage;
  const auto journal = Journal::open(storage, at.clock, at.state);
  REQUIRE(journal->append_durable("r", "INTENT", Value::Map{}));
  storage.fail(1, EIO, "sync_data", true);
  CHECK_FALSE(journal->append_durable("r", "INTENT", Value::Map{}));
  REQUIRE(storage.fired());
  const auto again = journal->append_durable("r", "INTENT", Value::Map{});
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Code::kAudit);
  CHECK(again.error().message.find("Input/output error") != std::string::npos);
  CHECK_FALSE(journal->ready_for_changes());
  CHECK_FALSE(journal->append("r", "EVIDENCE", Value::Map{}));
  CHECK(at.verify().value().anchored == 2);
}

TEST_CASE("without a reserve no change may begin, but records are written as long as there is space") {
  AuditState at;
  FailingStorage storage;
  const auto journal = Journal::open(storage, at.clock, at.state);
  storage.fail(1, ENOSPC, "reserve");
  const auto ready = journal->ready_for_changes();
  REQUIRE(storage.fired());
  CHECK(ready.error().code == Code::kAudit);
  CHECK(ready.error().text().find("No space left on device") != std::string::npos);
  CHECK(ready.error().next.find("free disk space") != std::string::npos);
  CHECK(journal->append_durable("r", "OUTCOME", Value::Map{}));
  storage.heal();
  CHECK(journal->ready_for_changes());
}

TEST_CASE("after one record that could not be written no change may begin, although the disk works again") {
  AuditState at;
  FailingStorage storage;
  const auto journal = Journal::open(storage, at.clock, at.state);
  storage.fail(1, ENOSPC, "append", true);
  CHECK_FALSE(journal->append("r", "RUN_START", Value::Map{}));
  REQUIRE(storage.fired());
  const auto ready = journal->ready_for_changes();
  REQUIRE(ready.error().code == Code::kAudit);
  CHECK(ready.error().text().find("No space left on device") != std::string::npos);
  CHECK_FALSE(journal->append_intent("r", Value::Map{}));
  CHECK(journal->append_durable("r", "RUN_END", Value::Map{}));
  CHECK(at.open()->append_intent("another", Value::Map{}));
}

TEST_CASE("a line written by half is cut by the next append") {
  AuditState at;
  FailingStorage storage;
  const auto journal = Journal::open(storage, at.clock, at.state);
  REQUIRE(journal->append("r", "A", Value::Map{}));
  storage.fail(1, ENOSPC, "append", true);
  CHECK(journal->append("r", "B", Value::Map{}).error().code == Code::kAudit);
  REQUIRE(storage.fired());
  CHECK(journal->append_durable("r", "C", Value::Map{}).value().n == 4);
  CHECK(at.verify().value().records == 4);
  CHECK(journal->records("").value().back().type == "RECOVERED");
}

TEST_CASE("the reserve is really there: blocks behind the end, not counted in the size") {
  AuditState at;
  const auto journal = at.open();
  REQUIRE(journal->append_durable("r", "A", Value::Map{}));
  REQUIRE(journal->ready_for_changes());
  struct stat status {};
  REQUIRE(stat(at.log.c_str(), &status) == 0);
  CHECK(status.st_size < 2000);
  CHECK(static_cast<std::uint64_t>(status.st_blocks) * 512 >= runbook::safety::kAuditReserve);
}

TEST_CASE("a change may begin after log, HEAD and their directories are on disk, and later ones after one sync") {
  using Calls = std::vector<std::string>;
  AuditState at;
  FailingStorage storage;
  const auto journal = Journal::open(storage, at.clock, at.state);
  auto opening = storage.calls();
  const auto start = std::find(opening.begin(), opening.end(), "append 001.log");
  CHECK(Calls(start, opening.end()) == Calls{"append 001.log", "sync 001.log", "sync_directory audit", "open HEAD",
                                             "overwrite HEAD", "sync HEAD", "sync_directory audit"});
  const Calls first{"try_lock 001.log",     "reserve 001.log",
                    "append 001.log",       "sync_directory audit",
                    "sync_directory state", "sync_directory " + at.dir.path().filename().string(),
                    "sync_data 001.log",    "overwrite HEAD"};
  REQUIRE(journal->append_durable("r", "INTENT", Value::Map{}));
  CHECK(storage.calls() == first);
  REQUIRE(journal->append_durable("r", "OUTCOME", Value::Map{}));
  CHECK(storage.calls() == Calls{"try_lock 001.log", "append 001.log", "sync_data 001.log", "overwrite HEAD"});
  REQUIRE(journal->append("r", "NOTE", Value::Map{}));
  CHECK(storage.calls() == Calls{"try_lock 001.log", "append 001.log"});
}

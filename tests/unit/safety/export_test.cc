// One run as one file: what it proves, byte by byte.
#include "safety/export.h"

#include "audit_fixture.h"
#include "base/text.h"
#include "catch.h"

using runbook::Code;
using runbook::Value;
using runbook::safety::export_run;
using runbook::safety::verify_export;
using runbook::test::AuditState;

namespace {

// Two runs, whose records lie between each other's, over two files of the log.
struct TwoRuns : AuditState {
  runbook::safety::EvidenceStore evidence{storage, state};

  TwoRuns() {
    const auto journal = open();
    const auto seen = evidence.add("\"noeviction\"");
    evidence.flush().value();
    journal->append("r-0", "RUN_START", Value::Map{}).value();
    for (const auto* run : {"r-1", "r-2"}) journal->append(run, "RUN_START", Value::Map{{"of", run}}).value();
    journal->append("r-1", "EVIDENCE", Value::Map{{"sha256", seen}}).value();
    journal->append("r-2", "EVIDENCE", Value::Map{{"secret", "of another"}}).value();
    journal->rotate_beyond(1).value();
    for (const auto* run : {"r-1", "r-2", "r-1"}) journal->append(run, "NOTE", Value::Map{{"of", run}}).value();
    journal->append_durable("r-1", "RUN_END", Value::Map{{"status", "verified"}}).value();
    journal->append_durable("r-2", "RUN_END", Value::Map{{"status", "healthy"}}).value();
  }

  [[nodiscard]] runbook::Result<std::string> exported(const std::string& run, bool with_evidence = true) {
    const auto key = runbook::safety::SigningKey::load(storage, state / "keys").value();
    return export_run(*open(), key, run, with_evidence ? &evidence : nullptr);
  }
};

}  // namespace

TEST_CASE("the export of a run says whose records lie between its own, and not what they say") {
  TwoRuns at;
  const auto file = at.exported("r-1").value();
  const auto found = verify_export(file).value();
  CHECK(found.run == "r-1");
  CHECK(found.records == 5);
  CHECK(found.others == 4);
  CHECK(found.first == 3);
  CHECK(found.last == 11);
  CHECK(found.status == "verified");
  CHECK(found.evidence == 1);
  CHECK(found.key == at.open()->fingerprint().value());
  CHECK(file.find("of another") == std::string::npos);
  CHECK(verify_export(at.exported("r-1", false).value()).value().evidence == 0);
}

TEST_CASE("every changed byte of an export is found, and so is every cut") {
  TwoRuns at;
  const auto sound = at.exported("r-1").value();
  for (std::size_t i = 0; i < sound.size(); ++i) {
    auto bytes = sound;
    bytes[i] = static_cast<char>(bytes[i] ^ 1);
    INFO("byte " << i);
    const auto changed = verify_export(bytes);
    REQUIRE_FALSE(changed);
    REQUIRE(changed.error().code == Code::kAudit);
    REQUIRE_FALSE(changed.error().where.empty());
    REQUIRE_FALSE(verify_export(sound.substr(0, i)));
  }
  CHECK_FALSE(verify_export(sound + "\n"));
}

TEST_CASE("what cannot be exported is told") {
  TwoRuns at;
  CHECK(at.exported("r-9").error().code == Code::kNotFound);
  std::filesystem::remove_all(at.state / "evidence");
  CHECK_FALSE(at.exported("r-1"));
  CHECK(at.exported("r-1", false));
  auto log = runbook::test::content_of(at.log);
  log[log.find("\"RUN_START\"") + 2] ^= 1;
  runbook::test::put(at.log, log);
  CHECK(at.exported("r-1", false).error().code == Code::kAudit);
}

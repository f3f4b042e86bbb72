// audit verify, audit export: the log as a whole, and a run of it for somebody else.
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <iterator>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/handing_on.h"
#include "cli/json_line.h"
#include "safety/export.h"
#include "safety/verify.h"

namespace runbook::cli {

namespace {

Result<safety::AuditSummary> verified(Program& program) {
  const auto& file = program.options().anchor;
  const auto& state = program.config().state;
  safety::VerifyWish wish{.from = program.options().from};
  if (file.empty()) return safety::verify_audit(program.storage(), state, wish);
  std::ifstream opened;
  if (file != "-") opened.open(file, std::ios::binary);
  if (file != "-" && !opened) return Error{.code = Code::kUsage, .message = "cannot be read", .where = file.string()};
  auto& in = file == "-" ? std::cin : opened;
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  wish.notes = safety::notes_in(text);
  return safety::verify_audit(program.storage(), state, wish);
}

// Needs no state directory.
Result<int> verify_exported(Program& program) {
  const auto& file = program.options().exported;
  const auto text = read_file(program.storage(), file, safety::kMaxExport);
  if (!text) return Error{.code = Code::kUsage, .message = text.error().message, .where = file.string()};
  const auto found = safety::verify_export(*text);
  if (!found) {
    return Error{
        .code = Code::kAudit, .message = found.error().message, .where = file.string() + ":" + found.error().where};
  }
  if (program.options().output != Output::kText) {
    std::cout << json_line(Value::Map{{"run", found->run},
                                      {"key", found->key},
                                      {"records", found->records},
                                      {"others", found->others},
                                      {"first", found->first},
                                      {"until", found->last},
                                      {"hash", found->last_hash},
                                      {"last", found->last_time},
                                      {"status", found->status},
                                      {"evidence", found->evidence}});
    return 0;
  }
  const auto style = Style::for_output(STDOUT_FILENO, program.options().color);
  std::cout << style.yes() << " the export verifies: " << counted(found->records, "record") << " of run "
            << escaped(found->run, 60) << ", " << found->first << " to " << found->last << " of the log, up to "
            << found->last_time << '\n';
  std::cout << "   none of the run was left out between them, where " << found->others
            << (found->others == 1 ? " record is" : " records are") << " of others\n";
  std::cout << "   "
            << (found->status.empty() ? "nothing in it says that the run has ended"
                                      : "the run ended: " + escaped(found->status, 60))
            << (found->evidence > 0 ? "; " + counted(found->evidence, "piece") + " of evidence " +
                                          (found->evidence == 1 ? "matches" : "match")
                                    : "")
            << '\n';
  std::cout << "   signed by the key " << found->key << ", last hash " << found->last_hash
            << ": compare them with what the site noted elsewhere\n";
  return 0;
}

}  // namespace

Result<int> cmd_audit_export(Program& program) {
  const auto& options = program.options();
  const auto& state = program.config().state;
  RUNBOOK_TRY(key, safety::SigningKey::load(program.storage(), state / "keys"));
  RUNBOOK_CHECK(know_all_secrets(program));
  RUNBOOK_TRY(findings, findings_of(program, options.book, options.with_evidence));
  RUNBOOK_CHECK(may_go_along(program, findings));
  const auto* evidence = options.with_evidence ? &program.evidence() : nullptr;
  RUNBOOK_TRY(file, safety::export_run(program.journal(), key, options.book, evidence));
  if (options.to.empty()) {
    std::cout << file << std::flush;
    return 0;
  }
  auto& storage = program.storage();
  RUNBOOK_TRY(out, storage.open(options.to, Storage::Mode::kNew));
  RUNBOOK_CHECK(storage.append(out, file));
  RUNBOOK_CHECK(storage.sync(out));
  std::cerr << "runbook: " << options.to.string() << " verifies alone: runbook audit verify --export "
            << options.to.string() << '\n';
  return 0;
}

Result<int> cmd_audit_verify(Program& program) {
  if (!program.options().exported.empty()) return verify_exported(program);
  RUNBOOK_TRY(summary, verified(program));
  if (program.options().output != Output::kText) {
    std::cout << json_line(Value::Map{{"records", summary.records},
                                      {"before", summary.before},
                                      {"runs", summary.runs},
                                      {"first", summary.first_time},
                                      {"last", summary.last_time},
                                      {"hash", summary.last_hash},
                                      {"key", summary.key},
                                      {"noted", summary.noted},
                                      {"torn", summary.torn}});
    return 0;
  }
  const auto style = Style::for_output(STDOUT_FILENO, program.options().color);
  const auto& from = program.options().from;
  std::cout << style.yes() << " the audit log verifies" << (from.empty() ? "" : " from " + from + " on") << ": "
            << counted(summary.records, "record") << " of " << counted(summary.runs, "run") << ", up to "
            << summary.last_time << "\n   last hash " << summary.last_hash << "\n   signed by the key " << summary.key
            << '\n';
  if (summary.before > 0)
    std::cout << "   not the whole log: nothing before " << from << " was verified ("
              << counted(summary.before, "record") << ")\n";
  if (summary.noted > 0) std::cout << "   as it was noted elsewhere, up to record " << summary.noted << '\n';
  if (summary.torn > 0)
    std::cout << "   a crash left " << summary.torn
              << " bytes at the end that are no record; the next run cuts them and keeps the first of them\n";
  return 0;
}

}  // namespace runbook::cli

#include "safety/export.h"

#include <set>

#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "safety/named_evidence.h"

namespace runbook::safety {

namespace {

constexpr int kFormat = 1;

Result<std::string> evidence_lines(const EvidenceStore& evidence, const std::set<std::string>& named) {
  std::string lines;
  for (const auto& sha256 : named) {
    RUNBOOK_TRY(bytes, evidence.read(sha256));
    lines += to_json(Value::Map{{"base64", to_base64(bytes)}, {"sha256", sha256}}) + '\n';
    if (lines.size() > kMaxExport) return Error{.code = Code::kLimit, .message = "the evidence is larger than 1 GiB"};
  }
  return lines;
}

// The number of the run's last record, and what its records name.
struct Extent {
  std::uint64_t last = 0;
  std::set<std::string> evidence{};
};

Result<Extent> extent_of(const Journal& journal, std::string_view run) {
  Extent extent;
  RUNBOOK_CHECK(journal.for_each_since(run, [&](const Record& record) {
    if (record.run != run) return;
    extent.last = record.n;
    extent.evidence.merge(named_evidence(record));
  }));
  if (extent.last > 0) return extent;
  return Error{
      .code = Code::kNotFound, .message = "the log has no run " + escaped(run, 60), .next = "runbook runs lists them"};
}

}  // namespace

std::string export_message(std::string_view sha256) { return "runbook audit export " + std::string(sha256); }

Result<std::string> export_run(const Journal& journal, const SigningKey& key, std::string_view run,
                               const EvidenceStore* evidence) {
  RUNBOOK_TRY(extent, extent_of(journal, run));
  std::string file =
      to_json(Value::Map{
          {"evidence", evidence != nullptr}, {"format", kFormat}, {"key", key.public_key().pem()}, {"run", run}}) +
      '\n';
  bool begun = false;
  RUNBOOK_CHECK(journal.for_each_since(run, [&](const Record& record) {
    begun = begun || (record.run == run && record.type == "RUN_START");
    if (!begun || record.n > extent.last || file.size() > kMaxExport) return;
    file += (record.run == run ? line_of(record) : stub_of(record)) + '\n';
  }));
  if (evidence != nullptr) {
    RUNBOOK_TRY(lines, evidence_lines(*evidence, extent.evidence));
    file += lines;
  }
  if (file.size() > kMaxExport)
    return Error{.code = Code::kLimit, .message = "what lies between the records of this run is larger than 1 GiB"};
  const auto hash = sha256(file);
  file += to_json(Value::Map{{"sha256", hash}, {"sig", to_base64(key.sign(export_message(hash)))}}) + '\n';
  // What is handed out verifies: the log may have been altered where nobody looked yet.
  RUNBOOK_CHECK(verify_export(file));
  return file;
}

}  // namespace runbook::safety

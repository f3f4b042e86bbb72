#include "cli/handing_on.h"

#include "base/json.h"
#include "base/redaction/leftovers.h"
#include "base/text.h"
#include "cli/run_to_end.h"

namespace runbook::cli {

namespace {

std::string name_of_reading(const Value& data) {
  const auto target = data["target"].text_or("");
  return "the reading " + escaped(data["name"].text_or(""), 60) + (target.empty() ? "" : " of " + escaped(target, 60));
}

void add(std::vector<Finding>& out, const safety::Record& record, const std::string& what,
         std::vector<Leftover> leftovers) {
  for (auto& one : leftovers)
    out.push_back({.run = record.run, .what = what, .where = std::move(one.where), .shape = std::move(one.shape)});
}

}  // namespace

Result<std::vector<Finding>> findings_of(Program& program, const std::string& run, bool with_evidence) {
  Redactor redactor(program.secrets());
  std::vector<Finding> out;
  RUNBOOK_TRY(records, program.journal().records(run));
  if (records.empty())
    return Error{.code = Code::kNotFound,
                 .message = "the log has no run " + escaped(run, 60),
                 .next = "runbook runs lists them"};
  for (const auto& record : records) {
    auto data = record.data;
    // Names of files with their hashes: of stdlib/secrets, too.
    if (auto* members = data.as_map()) members->erase("sources");
    add(out, record, "record " + std::to_string(record.n) + ", " + record.type, leftovers_in(redactor, data, Value()));
    if (!with_evidence || record.type != "EVIDENCE" || record.data["sha256"].text_or("").empty()) continue;
    RUNBOOK_TRY(bytes, program.evidence().read(record.data["sha256"].text_or("")));
    RUNBOOK_TRY(value, parse_json(bytes));
    add(out, record, name_of_reading(record.data), leftovers_in(redactor, value, record.data["args"]));
  }
  return out;
}

Result<void> may_go_along(const Program& program, const std::vector<Finding>& findings) {
  if (findings.empty() || program.options().with_findings) return {};
  const auto& first = findings.front();
  return Error{.code = Code::kRefused,
               .message = (findings.size() == 1
                               ? "something looks like a secret: "
                               : std::to_string(findings.size()) + " things look like secrets, the first of them ") +
                          first.shape + " in " + first.what + (first.where.empty() ? "" : " at " + first.where),
               .next = "runbook evidence --scan " + first.run +
                       " lists them; declare what is a secret in [secrets], or add --with-findings to hand them on"};
}

Result<void> know_all_secrets(Program& program) {
  run::NeededSecrets needed;
  for (const auto& [name, reference] : program.inventory().secrets()) needed.near.insert(name);
  return run_to_end(program.loop(), program.know_secrets(std::move(needed)));
}

}  // namespace runbook::cli

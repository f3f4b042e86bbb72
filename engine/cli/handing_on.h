// What a run kept, made ready for somebody else: looked at once more for secrets, and written out without them.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "cli/program.h"

namespace runbook::cli {

struct Finding {
  std::string run{};
  std::string what{};   // "the reading env of api-blue", "record 12, INTENT"
  std::string where{};  // in it, or empty
  std::string shape{};
};

/// What in the records of a run, or in what it read, still looks like a secret (redaction/leftovers.h). kAudit when
/// something is not what the log says.
Result<std::vector<Finding>> findings_of(Program& program, const std::string& run, bool with_evidence);

/// kRefused when there are any, unless the operator said that they may go along: the first of them, and how to see all.
Result<void> may_go_along(const Program& program, const std::vector<Finding>& findings);

/// Reads what can be read of all secrets without asking anybody: who does not know one cannot find it.
Result<void> know_all_secrets(Program& program);

}  // namespace runbook::cli

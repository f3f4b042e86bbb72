// One thing that `runbook check` has to say of a playbook.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runbook::lint {

enum class Severity {
  kError,    // it would fail, or do something else than it says
  kWarning,  // it would run, and leave somebody alone at 03:00
  kHint,     // worth knowing; never makes a check fail
};

struct Diagnostic {
  Severity severity = Severity::kError;
  std::string rule;  // the id of one of rules(): what SARIF and a reader's filter go by
  std::string file;
  int line = 1;
  std::string message{};
  std::string next{};  // what can be done about it; may be empty
};

using Diagnostics = std::vector<Diagnostic>;

struct RuleAbout {
  std::string_view id;
  std::string_view about;  // one sentence
};

/// Everything that is looked for, sorted by id.
std::span<const RuleAbout> rules();

}  // namespace runbook::lint

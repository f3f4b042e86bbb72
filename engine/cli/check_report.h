// What `runbook check` found, in the forms in which it is told: text for people here, forms for programs in
// check_formats.h.
#pragma once

#include <string>
#include <vector>

#include "cli/terminal.h"
#include "lint/diagnostic.h"

namespace runbook::cli {

/// One playbook that was checked, as it was named.
struct CheckedBook {
  std::string name;
  lint::Diagnostics found;
};

struct CheckReport {
  std::vector<CheckedBook> books{};
  bool strict = false;  // warnings count as errors

  /// Whether something was found in the playbook, or in any, that counts as an error.
  [[nodiscard]] bool fails(const CheckedBook& book) const;
  [[nodiscard]] bool fails() const;
  [[nodiscard]] std::size_t count(lint::Severity severity) const;
  /// "12 playbooks checked: 1 error, 2 warnings"
  [[nodiscard]] std::string summary() const;
};

std::string_view name_of(lint::Severity severity);

/// Grouped by playbook, with what can be done below each message.
std::string check_text(const CheckReport& report, const Style& style);

}  // namespace runbook::cli

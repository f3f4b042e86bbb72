#include "cli/check_report.h"

#include <algorithm>

#include "base/text.h"

namespace runbook::cli {

namespace {

std::string painted(lint::Severity severity, const Style& style) {
  const auto text = std::string(name_of(severity));
  if (severity == lint::Severity::kError) return style.bad(text);
  return severity == lint::Severity::kWarning ? style.warn(text) : style.dim(text);
}

// As compilers write it, so that editors and terminals find the place.
std::string place_and_message(const lint::Diagnostic& one, const Style& style) {
  std::string out = "  " + escaped(one.file) + ":" + std::to_string(one.line) + ": " + painted(one.severity, style) +
                    ": " + style.fitted(escaped(one.message)) + '\n';
  if (!one.next.empty()) out += "      " + style.dim(style.fitted(escaped(one.next))) + '\n';
  return out;
}

}  // namespace

std::string_view name_of(lint::Severity severity) {
  if (severity == lint::Severity::kError) return "error";
  return severity == lint::Severity::kWarning ? "warning" : "hint";
}

bool CheckReport::fails(const CheckedBook& book) const {
  return std::any_of(book.found.begin(), book.found.end(), [&](const auto& one) {
    return one.severity == lint::Severity::kError || (strict && one.severity == lint::Severity::kWarning);
  });
}

bool CheckReport::fails() const {
  return std::any_of(books.begin(), books.end(), [&](const auto& book) { return fails(book); });
}

std::size_t CheckReport::count(lint::Severity severity) const {
  std::size_t count = 0;
  for (const auto& book : books) {
    count += static_cast<std::size_t>(
        std::count_if(book.found.begin(), book.found.end(), [&](const auto& one) { return one.severity == severity; }));
  }
  return count;
}

std::string CheckReport::summary() const {
  return counted(books.size(), "playbook") + " checked: " + counted(count(lint::Severity::kError), "error") + ", " +
         counted(count(lint::Severity::kWarning), "warning");
}

std::string check_text(const CheckReport& report, const Style& style) {
  std::string out;
  for (const auto& book : report.books) {
    out += (report.fails(book) ? style.no() : style.yes()) + ' ' + escaped(book.name) + '\n';
    for (const auto& one : book.found) out += place_and_message(one, style);
  }
  return out + report.summary() + '\n';
}

}  // namespace runbook::cli

#include "cli/check_formats.h"

#include <filesystem>

#include "base/version.h"
#include "cli/json_line.h"

namespace runbook::cli {

namespace {

using lint::Severity;

Value diagnostic_value(const lint::Diagnostic& one) {
  return Value::Map{{"severity", name_of(one.severity)},
                    {"rule", one.rule},
                    {"file", one.file},
                    {"line", one.line},
                    {"message", one.message},
                    {"next", one.next}};
}

Value book_value(const CheckedBook& book) {
  Value::List found;
  bool sound = true;
  for (const auto& one : book.found) {
    sound = sound && one.severity != Severity::kError;
    found.push_back(diagnostic_value(one));
  }
  return Value::Map{{"book", book.name}, {"ok", sound}, {"found", std::move(found)}};
}

// GitHub's own escapes: line ends and % in messages, and in properties the two signs that part them.
std::string command_escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    const bool special = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
    if (!special) {
      out += c;
    } else {
      constexpr std::string_view kDigits = "0123456789ABCDEF";
      out += '%';
      out += kDigits[static_cast<unsigned char>(c) >> 4U];
      out += kDigits[static_cast<unsigned char>(c) & 15U];
    }
  }
  return out;
}

std::string with_next(const lint::Diagnostic& one) { return one.message + (one.next.empty() ? "" : "\n" + one.next); }

// A path as a URI reference: what a URI cannot hold, and %, in hexadecimal.
std::string uri_of(const std::string& file) {
  constexpr std::string_view kPlain = "-._~/+@!$&'()*,;=";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out = std::filesystem::path(file).is_absolute() ? "file://" : "";
  for (const char c : file) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       kPlain.find(c) != std::string_view::npos;
    if (plain) {
      out += c;
      continue;
    }
    out += '%';
    out += kDigits[static_cast<unsigned char>(c) >> 4U];
    out += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

std::string_view sarif_level(Severity severity) { return severity == Severity::kHint ? "note" : name_of(severity); }

Value sarif_result(const lint::Diagnostic& one) {
  Value location;
  location["physicalLocation"]["artifactLocation"]["uri"] = uri_of(one.file);
  location["physicalLocation"]["region"]["startLine"] = one.line;
  return Value::Map{{"ruleId", one.rule},
                    {"level", sarif_level(one.severity)},
                    {"message", Value::Map{{"text", with_next(one)}}},
                    {"locations", Value::List{std::move(location)}}};
}

}  // namespace

std::string check_json(const CheckReport& report, int exit) {
  Value::List books;
  for (const auto& book : report.books) books.push_back(book_value(book));
  return json_line(Value::Map{{"format", 1},
                              {"exit", exit},
                              {"errors", report.count(Severity::kError)},
                              {"warnings", report.count(Severity::kWarning)},
                              {"playbooks", std::move(books)}});
}

std::string check_ndjson(const CheckReport& report) {
  std::string out;
  for (const auto& book : report.books) out += json_line(book_value(book));
  return out;
}

std::string check_github(const CheckReport& report) {
  std::string out;
  for (const auto& book : report.books) {
    for (const auto& one : book.found) {
      const auto* const command = one.severity == Severity::kError     ? "error"
                                  : one.severity == Severity::kWarning ? "warning"
                                                                       : "notice";
      out += std::string("::") + command + " file=" + command_escaped(one.file, true) +
             ",line=" + std::to_string(one.line) + ",title=runbook check%3A " + command_escaped(one.rule, true) +
             "::" + command_escaped(with_next(one), false) + '\n';
    }
  }
  return out;
}

std::string check_sarif(const CheckReport& report) {
  Value::List results;
  for (const auto& book : report.books) {
    for (const auto& one : book.found) results.push_back(sarif_result(one));
  }
  Value::List rules;
  for (const auto& rule : lint::rules()) {
    rules.push_back(Value::Map{{"id", rule.id}, {"shortDescription", Value::Map{{"text", rule.about}}}});
  }
  Value driver = Value::Map{{"name", "runbook check"}, {"version", kVersion}, {"rules", std::move(rules)}};
  Value run = Value::Map{{"tool", Value::Map{{"driver", std::move(driver)}}}, {"results", std::move(results)}};
  return json_line(Value::Map{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                              {"version", "2.1.0"},
                              {"runs", Value::List{std::move(run)}}});
}

}  // namespace runbook::cli

// list, show: playbooks without a target.
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_line.h"
#include "cli/load_only.h"
#include "run/shelf.h"

namespace runbook::cli {

namespace {

Value book_value(const run::Playbook& book) {
  Value::List inputs;
  for (const auto& input : book.inputs) {
    inputs.push_back(
        Value::Map{{"name", input.name}, {"kind", input.kind}, {"label", input.label}, {"optional", input.optional}});
  }
  Value::List mitigations;
  for (const auto& mitigation : book.mitigations) {
    mitigations.push_back(Value::Map{{"name", mitigation.name},
                                     {"answers", Value::List(mitigation.answers.begin(), mitigation.answers.end())},
                                     {"asks", Value::List(mitigation.asks.begin(), mitigation.asks.end())},
                                     {"warning", mitigation.warning}});
  }
  Value::Map findings;
  for (const auto& [name, meaning] : book.findings) findings.emplace(name, meaning);
  return Value::Map{{"name", book.name},
                    {"file", book.file},
                    {"summary", book.summary},
                    {"severity", book.severity},
                    {"owner", book.owner},
                    {"alerts", Value::List(book.alerts.begin(), book.alerts.end())},
                    {"read_only", book.read_only()},
                    {"inputs", std::move(inputs)},
                    {"findings", std::move(findings)},
                    {"mitigations", std::move(mitigations)}};
}

std::string first_sentence(const std::string& text) { return text.substr(0, text.find(". ")); }

void print_book(const run::Playbook& book, const Style& style) {
  auto& out = std::cout;
  out << style.bold(escaped(book.name)) << (book.read_only() ? "  read-only" : "") << '\n';
  if (!book.summary.empty()) out << "  " << wrapped(escaped(book.summary), 2, style.width()) << '\n';
  const auto line = [&](const char* label, const std::string& text) {
    if (!text.empty()) out << "  " << style.dim(label) << escaped(text) << '\n';
  };
  line("file:     ", book.file);
  line("alerts:   ", join(book.alerts, ", "));
  line("severity: ", book.severity);
  line("owner:    ", book.owner);
  out << "\nInputs\n";
  for (const auto& input : book.inputs) {
    out << "  " << escaped(input.name) << "  " << escaped(input.label) << " (" << escaped(input.kind)
        << (input.optional ? ", optional" : "") << ")\n";
  }
  out << "\nCan find\n";
  for (const auto& name : book.possible_findings()) {
    const auto meaning = book.findings.find(name);
    out << "  " << escaped(name)
        << (meaning == book.findings.end() ? "" : "  " + wrapped(escaped(meaning->second), 6, style.width())) << '\n';
  }
  if (book.read_only()) return;
  out << "\nMay change, in this order of preference\n";
  for (const auto& mitigation : book.mitigations) {
    out << "  " << style.bold(escaped(mitigation.name))
        << (mitigation.answers.empty() ? "" : "  answers " + escaped(join(mitigation.answers, ", ")))
        << (mitigation.holds_only ? "  buys time, cures nothing" : "") << '\n';
    if (!mitigation.asks.empty()) out << "      asks for " << escaped(join(mitigation.asks, ", ")) << '\n';
    if (!mitigation.needs.empty()) out << "      needs the input " << escaped(join(mitigation.needs, ", ")) << '\n';
    if (!mitigation.not_while.empty()) out << "      not while " << escaped(join(mitigation.not_while, ", ")) << '\n';
    if (!mitigation.warning.empty())
      out << "      " << style.warn("warning: ") << wrapped(escaped(mitigation.warning), 6, style.width()) << '\n';
  }
  if (book.watch) {
    const auto note = book.watch->note.empty() ? "" : ": " + escaped(book.watch->note);
    out << "\nWatches for " << duration_text(book.watch->within) << " what it set right" << note << '\n';
  }
  out << "\nTry it: runbook run " << escaped(book.name) << " --dry-run\n";
}

std::string problem_text(const Error& error) { return (error.where.empty() ? "" : error.where + ": ") + error.message; }

}  // namespace

Result<int> cmd_list(Program& program) {
  const run::Shelf shelf(program.config().playbooks);
  const auto style = Style::for_output(STDOUT_FILENO, program.options().color);
  const auto names = shelf.names();
  std::size_t width = 0;
  for (const auto& name : names) width = std::max(width, name.size());
  Value::List all;
  for (const auto& name : names) {
    const auto book = load_playbook(program, name);
    if (program.options().output != Output::kText) {
      all.push_back(book ? book_value(*book)
                         : Value(Value::Map{{"name", name}, {"error", problem_text(book.error())}}));
      continue;
    }
    const auto about = book ? first_sentence(book->summary) + (book->read_only() ? "  [read-only]" : "")
                            : "does not load: " + escaped(problem_text(book.error()));
    std::cout << name << std::string(width - name.size() + 2, ' ') << wrapped(escaped(about), width + 2, style.width())
              << '\n';
  }
  if (program.options().output != Output::kText) std::cout << json_line(all);
  if (names.empty()) std::cerr << "runbook: no playbooks found; set `playbooks` in runbook.toml\n";
  return 0;
}

Result<int> cmd_show(Program& program) {
  RUNBOOK_TRY(book, load_playbook(program, program.options().book));
  if (program.options().output == Output::kText) {
    print_book(book, Style::for_output(STDOUT_FILENO, program.options().color));
  } else {
    std::cout << json_line(book_value(book));
  }
  return 0;
}

}  // namespace runbook::cli

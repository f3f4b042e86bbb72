#include "lint/judge.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "lint/rules.h"

namespace runbook::lint {

namespace {

Declared declared_by(const Inspection& inspection, const Names& books) {
  const auto& book = inspection.book;
  Declared declared{.books = books};
  const auto& readings = inspection.told["readings"];
  if (readings.as_list() != nullptr) declared.readings = names_of(readings);
  for (const auto& input : book.inputs) declared.inputs.insert(input.name);
  if (!book.findings.empty()) {
    declared.findings.emplace();
    for (const auto& [name, meaning] : book.findings) declared.findings->insert(name);
  }
  for (const auto& mitigation : book.mitigations) {
    declared.asks[mitigation.name].insert(mitigation.asks.begin(), mitigation.asks.end());
  }
  return declared;
}

// By line; and of the errors of one line only the first, because the others follow from it.
void settle(Diagnostics& found) {
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::tie(a.file, a.line, a.severity) < std::tie(b.file, b.line, b.severity);
  });
  const auto follows = [](const Diagnostic& first, const Diagnostic& next) {
    return first.severity == Severity::kError && next.rule == "fails" && first.file == next.file &&
           first.line == next.line;
  };
  found.erase(std::unique(found.begin(), found.end(), follows), found.end());
}

std::optional<LuaTree> parse(const run::Module& module, const Vocabulary& words, Diagnostics& out) {
  auto tree = parse_lua(module.source, words.globals);
  if (tree) return std::move(*tree);
  out.push_back({.rule = "load", .file = module.file, .message = tree.error().message});
  return std::nullopt;
}

}  // namespace

Judgement judge(const Inspection& inspection, const Names& books, std::span<const safety::ChangeRow> changes) {
  const auto& [source, book, told, beside] = inspection;
  const auto words = Vocabulary::from_value(told["words"]);
  Diagnostics found;
  Usage usage;
  SlotLines lines;
  if (const auto tree = parse(source, words, found)) {
    usage = check_names(*tree, source.file, words, declared_by(inspection, books), found);
    lines = SlotLines(*tree);
  }
  for (const auto& module : beside) {
    if (const auto tree = parse(module, words, found)) check_module_names(*tree, module.file, words, found);
  }
  check_problems(book, told, found);
  check_rules({.book = book, .inspection = told, .usage = usage, .lines = lines, .changes = changes}, found);
  settle(found);
  return {.found = std::move(found), .links = std::move(usage.links)};
}

}  // namespace runbook::lint

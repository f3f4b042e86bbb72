// check: what is wrong with playbooks, without a target.
#include <unistd.h>

#include <iostream>

#include "cli/check_formats.h"
#include "cli/check_report.h"
#include "cli/commands.h"
#include "lint/checker.h"
#include "primitive/read/read_rows.h"
#include "primitive/spec/change_rows.h"
#include "run/shelf.h"

namespace runbook::cli {

namespace {

std::string told(const CheckReport& report, int exit, const Options& options) {
  switch (options.output) {
    case Output::kText:
      return check_text(report, Style::for_output(STDOUT_FILENO, options.color));
    case Output::kJson:
      return check_json(report, exit);
    case Output::kNdjson:
      return check_ndjson(report);
    case Output::kGithub:
      return check_github(report);
    case Output::kSarif:
      return check_sarif(report);
  }
  return {};
}

}  // namespace

Result<int> cmd_check(Program& program) {
  const auto& options = program.options();
  RUNBOOK_TRY(books, run::Shelf(program.config().playbooks).meant_by(options.more));
  if (books.empty()) {
    return Error{.code = Code::kUsage,
                 .message = "no playbooks to check",
                 .next = "name one, or set `playbooks` in runbook.toml"};
  }
  const lint::Bench bench{.loop = program.loop(),
                          .config = program.config(),
                          .worker = worker_path(),
                          .reads = primitive::read_rows(),
                          .changes = primitive::change_rows()};
  auto found = lint::check_playbooks(bench, books);
  CheckReport report{.strict = options.strict};
  for (std::size_t i = 0; i < books.size(); ++i) {
    report.books.push_back({.name = books[i], .found = std::move(found[i])});
  }
  const int exit = report.fails() ? 2 : 0;
  std::cout << told(report, exit, options);
  return exit;
}

}  // namespace runbook::cli

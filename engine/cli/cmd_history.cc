// runs, report, evidence: what the log says of earlier runs.
#include <algorithm>
#include <iomanip>
#include <iostream>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_line.h"
#include "run/run_list.h"
#include "run/summary.h"

namespace runbook::cli {

namespace {

Result<std::vector<safety::Record>> records_of(Program& program, const std::string& run) {
  RUNBOOK_TRY(records, program.journal().records(run));
  if (!records.empty()) return records;
  return Error{
      .code = Code::kNotFound, .message = "the log has no run " + escaped(run, 60), .next = "runbook runs lists them"};
}

bool wanted(const std::vector<std::string>& names, const Value& data) {
  return std::find(names.begin(), names.end(), data["name"].text_or("")) != names.end();
}

// How to go on with what was cut short; empty when that is over, or runs.
std::string way_on(const Value& item) {
  if (item["status"].text_or("") != "interrupted" || item["mode"].text_or("") != "live") return {};
  const auto undoes = item["undoes"].text_or("");
  return undoes.empty() ? "runbook resume " + std::string(item["run"].text_or(""))
                        : "runbook undo " + escaped(undoes, 60);
}

}  // namespace

Result<int> cmd_runs(Program& program) {
  static_cast<void>(program.journal());  // settles what a crash left at the end of the log
  RUNBOOK_TRY(runs, run::list_runs(program.storage(), program.config().state));
  const auto& options = program.options();
  auto& items = *runs.as_list();
  if (options.since.count() > 0) {
    const auto oldest = static_cast<double>(program.clock().now().wall_ms - options.since.count());
    std::erase_if(items, [&](const Value& item) { return item["started_ms"].number_or(0) < oldest; });
  }
  if (options.output != Output::kText) {
    std::cout << json_line(runs);
    return 0;
  }
  std::size_t width = 0;
  for (const auto& item : std::as_const(items)) width = std::max(width, item["playbook"].text_or("").size());
  for (const auto& item : std::as_const(items)) {
    const auto applied = static_cast<int>(item["applied"].number_or(0));
    std::cout << item["run"].text_or("") << "  " << std::left << std::setw(4) << escaped(item["mode"].text_or(""), 6)
              << "  " << std::setw(static_cast<int>(width)) << escaped(item["playbook"].text_or(""), 40) << "  "
              << escaped(item["status"].text_or(""), 40)
              << (applied > 0 ? ", " + std::to_string(applied) + " changed" : "");
    if (const auto follows = item["follows"].text_or(""); !follows.empty())
      std::cout << ", from " << escaped(follows, 60);
    if (const auto on = way_on(item); !on.empty()) std::cout << "; " << on << " goes on with it";
    std::cout << '\n';
  }
  if (items.empty()) std::cerr << "runbook: no runs are recorded in " << program.config().state.string() << '\n';
  return 0;
}

Result<int> cmd_report(Program& program) {
  RUNBOOK_TRY(records, records_of(program, program.options().book));
  if (program.options().output == Output::kText) {
    RUNBOOK_TRY(followers, run::followers_of(program.journal(), program.options().book));
    std::cout << run::report(records, followers);
  } else {
    std::cout << json_line(run::summary(records));
  }
  return 0;
}

Result<int> cmd_evidence(Program& program) {
  if (program.options().scan) return cmd_evidence_scan(program);
  if (program.options().book.empty())
    return Error{.code = Code::kUsage, .message = "RUN is required", .next = "runbook runs lists them"};
  if (!program.options().to.empty()) return cmd_evidence_export(program);
  RUNBOOK_TRY(records, records_of(program, program.options().book));
  const auto& names = program.options().more;
  Value::List all;
  for (const auto& record : records) {
    if (record.type != "EVIDENCE") continue;
    const auto& data = record.data;
    if (!names.empty() && !wanted(names, data)) continue;
    Value item = data;
    if (!names.empty() && data["error"].is_null()) {
      RUNBOOK_TRY(bytes, program.evidence().read(data["sha256"].text_or("")));
      RUNBOOK_TRY(value, parse_json(bytes));
      item["value"] = value;
    }
    all.push_back(std::move(item));
  }
  if (!names.empty() && all.empty()) {
    return Error{
        .code = Code::kNotFound,
        .message = "run " + escaped(program.options().book, 60) + " has no reading " + escaped(names.front(), 60)};
  }
  if (program.options().output != Output::kText) {
    std::cout << json_line(all);
    return 0;
  }
  for (const auto& item : all) {
    const bool read = item["error"].is_null();
    std::cout << escaped(item["name"].text_or(""), 40) << "  " << escaped(item["target"].text_or(""), 40) << "  "
              << (read ? escaped(item["brief"].text_or(""), 100)
                       : "not read: " + escaped(item["error"]["message"].text_or(""), 200))
              << "  " << item["sha256"].text_or("").substr(0, 12) << '\n';
    if (!item["value"].is_null()) std::cout << escaped_json(to_pretty_json(item["value"])) << '\n';
  }
  return 0;
}

}  // namespace runbook::cli

// evidence --scan and evidence RUN --export: what was read, looked at once more for secrets, and handed on without.
#include <filesystem>
#include <iostream>

#include "base/json.h"
#include "base/redaction/leftovers.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/handing_on.h"
#include "cli/json_line.h"
#include "cli/terminal.h"
#include "run/run_list.h"

namespace runbook::cli {

namespace {

constexpr int kSomethingFound = 11;

Result<std::vector<std::string>> runs_meant(Program& program) {
  if (!program.options().book.empty()) return std::vector<std::string>{program.options().book};
  std::vector<std::string> out;
  RUNBOOK_TRY(runs, run::list_runs(program.storage(), program.config().state));
  for (const auto& item : runs.items()) out.emplace_back(item["run"].text_or(""));
  return out;
}

// A name for a file: what could lead elsewhere or be misread is left out.
std::string file_name(std::size_t number, std::string_view name) {
  auto out = std::to_string(number);
  while (out.size() < 3) out = "0" + out;
  out += "-";
  for (const char c : name.substr(0, 60)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    out += plain || c == '.' || c == '_' ? c : '-';
  }
  return out + ".json";
}

Result<void> write_new(Program& program, const std::filesystem::path& file, const std::string& text) {
  auto& storage = program.storage();
  RUNBOOK_TRY(out, storage.open(file, Storage::Mode::kNew));
  RUNBOOK_CHECK(storage.append(out, text));
  return storage.sync(out);
}

struct Piece {
  std::string file{};
  std::string text{};
};

// What is written: the index, and each reading once more through the redactor.
Result<std::vector<Piece>> pieces_of(Program& program, const std::string& run, std::vector<Finding>& findings) {
  Redactor redactor(program.secrets());
  RUNBOOK_TRY(records, program.journal().records(run));
  std::vector<Piece> out;
  Value::List index;
  for (const auto& record : records) {
    if (record.type != "EVIDENCE") continue;
    Value entry = redactor.clean(record.data, Value());
    const std::string sha256(record.data["sha256"].text_or(""));
    if (!sha256.empty()) {
      RUNBOOK_TRY(bytes, program.evidence().read(sha256));
      RUNBOOK_TRY(value, parse_json(bytes));
      const auto clean = redactor.clean(value, record.data["args"]);
      for (const auto& left : leftovers_in(redactor, clean, record.data["args"]))
        findings.push_back({.run = run,
                            .what = "the reading " + escaped(record.data["name"].text_or(""), 60),
                            .where = left.where,
                            .shape = left.shape});
      out.push_back(
          {.file = file_name(out.size() + 1, record.data["name"].text_or("")), .text = to_json(clean) + "\n"});
      entry["file"] = out.back().file;
      entry["as_it_was_kept"] = clean == value;
    }
    index.push_back(std::move(entry));
  }
  out.push_back({.file = "index.json",
                 .text = to_json(Value::Map{{"format", 1}, {"run", run}, {"readings", std::move(index)}}) + "\n"});
  return out;
}

}  // namespace

Result<int> cmd_evidence_scan(Program& program) {
  RUNBOOK_CHECK(know_all_secrets(program));
  RUNBOOK_TRY(runs, runs_meant(program));
  Value::List all;
  for (const auto& run : runs) {
    RUNBOOK_TRY(findings, findings_of(program, run, true));
    for (const auto& one : findings)
      all.push_back(Value::Map{{"run", one.run}, {"what", one.what}, {"where", one.where}, {"shape", one.shape}});
  }
  if (program.options().output != Output::kText) {
    std::cout << json_line(all);
  } else {
    for (const auto& one : all)
      std::cout << one["run"].text_or("") << "  " << one["what"].text_or("")
                << (one["where"].text_or("").empty() ? "" : " at ") << one["where"].text_or("") << ": "
                << one["shape"].text_or("") << '\n';
    if (all.empty()) std::cerr << "runbook: nothing in " << counted(runs.size(), "run") << " looks like a secret\n";
  }
  return all.empty() ? 0 : kSomethingFound;
}

Result<int> cmd_evidence_export(Program& program) {
  const auto& options = program.options();
  RUNBOOK_CHECK(know_all_secrets(program));
  RUNBOOK_TRY(known, program.journal().records(options.book));
  if (known.empty())
    return Error{.code = Code::kNotFound,
                 .message = "the log has no run " + escaped(options.book, 60),
                 .next = "runbook runs lists them"};
  std::vector<Finding> findings;
  RUNBOOK_TRY(pieces, pieces_of(program, options.book, findings));
  RUNBOOK_CHECK(may_go_along(program, findings));
  RUNBOOK_CHECK(make_directories(program.storage(), options.to));
  for (const auto& piece : pieces) RUNBOOK_CHECK(write_new(program, options.to / piece.file, piece.text));
  std::cerr << "runbook: " << counted(pieces.size() - 1, "reading") << " in " << options.to.string()
            << ", without secrets; index.json says what each is\n";
  return 0;
}

}  // namespace runbook::cli

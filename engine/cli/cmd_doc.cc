// doc: playbooks as Markdown pages.
#include <boost/asio/co_spawn.hpp>
#include <iostream>
#include <optional>

#include "base/text.h"
#include "cli/book_page.h"
#include "cli/commands.h"
#include "cli/json_line.h"
#include "cli/project.h"
#include "cli/rehearsals.h"
#include "run/outline.h"
#include "run/shelf.h"

namespace runbook::cli {

namespace fs = std::filesystem;

namespace {

struct Told {
  run::Playbook book;
  Value outline;
};

Task<Result<Told>> tell(run::Workbench bench, std::string book) {
  RUNBOOK_CO_TRY(outline, co_await run::Outline::load(bench, std::move(book)));
  auto arg = blank_inputs(outline->book());
  Value given = Value::Map{};
  RUNBOOK_CO_TRY(told, co_await outline->tell(std::move(arg), std::move(given)));
  Told out{.book = outline->book(), .outline = std::move(told)};
  co_return std::move(out);
}

Result<Told> outline_of(Program& program, const replay::Theatre& theatre, const std::string& book) {
  const run::Workbench bench{.loop = program.loop().get_executor(),
                             .config = theatre.config,
                             .worker = theatre.worker,
                             .reads = theatre.reads,
                             .changes = theatre.changes};
  std::optional<Result<Told>> done;
  boost::asio::co_spawn(program.loop(), tell(bench, book), [&](std::exception_ptr bug, Result<Told> result) {
    if (bug) std::rethrow_exception(bug);
    done = std::move(result);
    program.loop().stop();
  });
  program.loop().restart();
  program.loop().run();
  return std::move(*done);
}

// The first record of that type, and of that mitigation when one is named; null when there is none.
Value record_of(const replay::Rehearsal& rehearsal, std::string_view type, std::string_view mitigation = {}) {
  for (const auto& record : rehearsal.records) {
    if (record.type == type && record.data["mitigation"].text_or("") == mitigation) return record.data;
  }
  return {};
}

// Of a look and the run after it, the run: it shows the look again.
std::string last_conversation(const std::string& transcript) {
  const auto at = transcript.rfind("\n$ runbook ");
  return at == std::string::npos ? transcript : transcript.substr(at + 1);
}

Result<std::vector<WorldOnPage>> worlds_of(const replay::Theatre& theatre, const fs::path& book) {
  std::vector<WorldOnPage> out;
  for (const auto& file : replay::worlds_of(book)) {
    RUNBOOK_TRY(world, replay::read_world(file));
    RUNBOOK_TRY(shown, Rehearsals(theatre, book).show(world));
    out.push_back({.world = world,
                   .verdict = record_of(shown.look, "VERDICT"),
                   .plan = shown.run ? record_of(*shown.run, "PLAN", world.expect.mitigation) : Value(),
                   .transcript = last_conversation(shown.transcript)});
  }
  return out;
}

}  // namespace

Result<int> cmd_doc(Program& program, const LiveCode& live) {
  const auto& options = program.options();
  auto books = options.more;
  if (!books.empty() || !options.out.empty()) {
    RUNBOOK_TRY(meant, run::Shelf(program.config().playbooks).meant_by(books));
    books = std::move(meant);
  }
  if (books.empty() || (books.size() > 1 && options.out.empty())) {
    return Error{.code = Code::kUsage,
                 .message = "one playbook is written to stdout; several go into a folder",
                 .next = "runbook doc BOOK, or runbook doc --out DIR"};
  }
  RUNBOOK_TRY(theatre, program.theatre(live));
  const Rows rows{.reads = theatre.reads, .changes = theatre.changes};
  Value::List written;
  for (const auto& name : books) {
    RUNBOOK_TRY(told, outline_of(program, theatre, name));
    RUNBOOK_TRY(worlds, worlds_of(theatre, fs::absolute(told.book.file)));
    const auto page = book_page(told.book, told.outline, rows, worlds);
    if (options.out.empty()) {
      std::cout << (options.output == Output::kText ? page_markdown(page) : json_line(page));
      continue;
    }
    const auto file = fs::absolute(options.out) / (fs::path(told.book.file).stem().string() + ".md");
    RUNBOOK_CHECK(write_file({.path = file, .text = page_markdown(page)}));
    written.emplace_back(shown_path(file));
    if (options.output == Output::kText) std::cout << "wrote " << escaped(shown_path(file)) << '\n';
  }
  if (options.output != Output::kText && !options.out.empty())
    std::cout << json_line(Value::Map{{"format", 1}, {"written", std::move(written)}});
  return 0;
}

}  // namespace runbook::cli

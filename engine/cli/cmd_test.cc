// test: playbooks in their recorded worlds.
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iostream>

#include "base/line_diff.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_line.h"
#include "cli/junit.h"
#include "cli/project.h"
#include "cli/rehearsals.h"
#include "replay/recording.h"
#include "run/shelf.h"

namespace runbook::cli {

namespace fs = std::filesystem;

namespace {

// A world that cannot even be read is a case that failed.
using Worlds = std::vector<std::pair<fs::path, Result<replay::RecordedWorld>>>;

Worlds worlds_beside(const fs::path& book) {
  Worlds out;
  for (const auto& file : replay::worlds_of(book)) out.emplace_back(file, replay::read_world(file));
  return out;
}

Result<std::vector<fs::path>> books_asked_for(const Program& program) {
  const run::Shelf shelf(program.config().playbooks);
  RUNBOOK_TRY(names, shelf.meant_by(program.options().more));
  std::vector<fs::path> files;
  for (const auto& name : names) {
    RUNBOOK_TRY(source, shelf.playbook(name));
    files.emplace_back(shown_path(fs::absolute(source.file)));
  }
  return files;
}

Result<void> write_text(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (out) return {};
  return Error{.code = Code::kStorage, .message = "cannot be written", .where = file.string()};
}

Value case_value(const Case& one) {
  return Value::Map{{"book", one.book},
                    {"world", one.world},
                    {"case", one.name},
                    {"ok", one.problem.empty()},
                    {"problem", one.problem.empty() ? Value() : Value(one.problem)},
                    {"ms", one.took.count()},
                    {"plans", one.plans}};
}

std::string indented(const std::string& text, const std::string& by) {
  std::string out;
  for (const auto line : split(text, '\n')) {
    if (!line.empty()) out += by + escaped(line) + "\n";
  }
  return out;
}

class Teller {
 public:
  Teller(Output output, Style style) : output_(output), style_(style) {}

  void tell(const Case& one) {
    cases_.push_back(one);
    failed_ += one.problem.empty() ? 0 : 1;
    rehearsals_ += one.rehearsals;
    if (output_ != Output::kText) return;
    if (one.book != book_) std::cout << (book_.empty() ? "" : "\n") << style_.bold(escaped(one.book)) << '\n';
    book_ = one.book;
    const bool first = one.book + "/" + one.world != world_;
    world_ = one.book + "/" + one.world;
    std::cout << "  " << (one.problem.empty() ? style_.yes() : style_.no()) << ' '
              << (first ? style_.bold(escaped(one.world)) + ": " : "  ")
              << escaped(one.summary.empty() || !one.problem.empty() ? one.name : one.summary) << '\n'
              << indented(one.problem, "       ") << std::flush;
  }

  void total(std::size_t books, std::size_t without) const {
    if (output_ != Output::kText) {
      Value::List all;
      for (const auto& one : cases_) all.push_back(case_value(one));
      std::cout << json_line(Value::Map{{"format", 1},
                                        {"books", books},
                                        {"passed", cases_.size() - failed_},
                                        {"failed", failed_},
                                        {"cases", std::move(all)}});
      return;
    }
    std::cout << '\n'
              << counted(books, "playbook") << ", " << counted(cases_.size(), "case") << " in "
              << counted(rehearsals_, "rehearsal") << ": " << cases_.size() - failed_ << " passed, " << failed_
              << " failed\n";
    if (without > 0) std::cout << without << " without a world: runbook test --record RUN makes one of a run\n";
  }

  [[nodiscard]] const std::vector<Case>& cases() const { return cases_; }
  [[nodiscard]] bool failed() const { return failed_ > 0; }

 private:
  Output output_;
  Style style_;
  std::string book_;
  std::string world_;
  std::vector<Case> cases_;
  std::size_t failed_ = 0;
  std::size_t rehearsals_ = 0;
};

Result<int> run_worlds(Program& program, const replay::Theatre& theatre) {
  RUNBOOK_TRY(books, books_asked_for(program));
  Teller teller(program.options().output, Style::for_output(STDOUT_FILENO, program.options().color));
  std::size_t without = 0;
  for (const auto& book : books) {
    const Rehearsals rehearsals(theatre, book);
    const auto worlds = worlds_beside(book);
    without += worlds.empty() ? 1 : 0;
    for (const auto& [file, world] : worlds) {
      if (!world) {
        teller.tell({.book = book.stem().string(),
                     .world = file.stem().string(),
                     .name = "is read",
                     .problem = world.error().text(),
                     .rehearsals = 0});
        continue;
      }
      for (const auto& one : rehearsals.of(*world)) teller.tell(one);
    }
  }
  teller.total(books.size(), without);
  const auto& junit = program.options().test.junit;
  if (!junit.empty()) RUNBOOK_CHECK(write_text(junit, junit_xml(teller.cases())));
  return teller.failed() ? 1 : 0;
}

// The transcript as it is now, with what is new in it on stdout.
Result<void> write_transcript(const replay::RecordedWorld& world, const std::string& transcript) {
  const auto file = transcript_of(world);
  std::ifstream in(file, std::ios::binary);
  const std::string before((std::istreambuf_iterator<char>(in)), {});
  if (before == transcript) return {};
  RUNBOOK_CHECK(write_text(file, transcript));
  std::cout << escaped(shown_path(file)) << '\n' << indented(join(line_diff(before, transcript), "\n"), "  ");
  return {};
}

Result<int> update(Program& program, const replay::Theatre& theatre) {
  RUNBOOK_TRY(books, books_asked_for(program));
  for (const auto& book : books) {
    for (const auto& [file, world] : worlds_beside(book)) {
      if (!world) return world.error();
      RUNBOOK_TRY(shown, Rehearsals(theatre, book).show(*world));
      RUNBOOK_CHECK(write_transcript(*world, shown.transcript));
    }
  }
  return 0;
}

std::string digest_of(const Shown& shown) {
  for (const auto& record : shown.look.records) {
    if (record.type == "PLAN") return std::string(record.data["digest"].text_or(""));
  }
  return {};
}

// What comes out by itself is not said: so the playbook's own defaults are rehearsed too.
Result<void> leave_out_defaults(replay::RecordedWorld& world, const Rehearsals& rehearsals) {
  auto bare = world;
  bare.asks.clear();
  RUNBOOK_TRY(said, rehearsals.show(world));
  RUNBOOK_TRY(unsaid, rehearsals.show(bare));
  if (digest_of(said) == digest_of(unsaid)) world.asks.clear();
  return {};
}

// Whether a run that changed nothing tells all the same what would come of the plan that it made: of a setting that is
// read back, and little else.
bool comes_to_its_end(const Shown& shown) {
  return !shown.run || (shown.run->ending.exit == 0 && shown.run->unknown.empty());
}

void settle_end(replay::RecordedWorld& world, const Shown& shown) {
  const auto& last = shown.run ? *shown.run : shown.look;
  world.expect.exit = last.ending.exit;
  for (const auto& record : last.records) {
    if (record.type == "PLAN" && record.data["mitigation"].text_or("") == world.expect.mitigation)
      world.expect.level = static_cast<int>(record.data["level"].number_or(0));
  }
}

Result<int> record_world(Program& program, const replay::Theatre& theatre) {
  const auto& wanted = program.options().test;
  RUNBOOK_TRY(records, program.journal().records(wanted.record));
  const auto start = std::find_if(records.begin(), records.end(), [](const auto& r) { return r.type == "RUN_START"; });
  if (start == records.end()) {
    return Error{.code = Code::kNotFound,
                 .message = "the log has no run " + escaped(wanted.record, 60),
                 .next = "runbook runs lists them"};
  }
  const fs::path book = fs::absolute(start->data["file"].text_or(""));
  const auto name = wanted.as.empty() ? wanted.record : wanted.as;
  if (name.find('/') != std::string::npos || name.starts_with('.')) {
    return Error{.code = Code::kUsage, .message = "--as wants the name of a world, got " + escaped(name, 60)};
  }
  const auto file = book.parent_path() / "worlds" / book.stem() / (name + ".toml");
  if (fs::exists(file)) {
    return Error{.code = Code::kRefused,
                 .message = "there is a world of that name already",
                 .where = file.string(),
                 .next = "choose another one by --as NAME, or remove it"};
  }
  RUNBOOK_TRY(world, replay::world_of_run(records, program.evidence(), file));
  const Rehearsals rehearsals(theatre, book);
  if (!world.asks.empty()) RUNBOOK_CHECK(leave_out_defaults(world, rehearsals));
  RUNBOOK_TRY(shown, rehearsals.show(world));
  const bool ends_with_the_plan = world.after.empty() && !comes_to_its_end(shown);
  if (ends_with_the_plan) {
    world.expect.mitigation.clear();
    RUNBOOK_TRY(looked, rehearsals.show(world));
    shown = std::move(looked);
  }
  settle_end(world, shown);
  RUNBOOK_CHECK(replay::write_world(world));
  RUNBOOK_CHECK(write_text(transcript_of(world), shown.transcript));
  const auto count = world.reads.size();
  std::cout << "recorded " << counted(count, "read") << " as " << escaped(shown_path(file)) << "\n";
  if (ends_with_the_plan) std::cout << "that run changed nothing: what comes after the plan is not in it\n";
  std::cout << "look through it for what must not be shared, then: runbook test " << escaped(book.stem().string())
            << "\n";
  return 0;
}

}  // namespace

Result<int> cmd_test(Program& program, const LiveCode& live) {
  RUNBOOK_TRY(theatre, program.theatre(live));
  const auto& wanted = program.options().test;
  if (!wanted.record.empty()) return record_world(program, theatre);
  return wanted.update ? update(program, theatre) : run_worlds(program, theatre);
}

}  // namespace runbook::cli

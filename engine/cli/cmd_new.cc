// new: a playbook, its worlds and what they show, and what an editor needs.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <iostream>
#include <optional>

#include "base/json.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/project.h"
#include "cli/rehearsals.h"
#include "run/shelf.h"

namespace runbook::cli {

namespace fs = std::filesystem;

namespace {

constexpr const char* kUsualSeverity = "SEV-3";
constexpr const char* kUsualOwner = "on-call";

std::vector<std::string> listed(std::string_view text) {
  std::vector<std::string> out;
  for (const auto part : split(text, ',')) {
    if (!trim(part).empty()) out.emplace_back(trim(part));
  }
  return out;
}

Result<std::string> known_kind(const std::string& wanted) {
  const auto kinds = author::template_kinds();
  if (wanted.empty()) return kinds.front();
  if (std::find(kinds.begin(), kinds.end(), wanted) != kinds.end()) return wanted;
  return Error{.code = Code::kUsage,
               .message = "there is no template for playbooks that look at " + escaped(wanted, 40),
               .next = "--kind may be " + join(kinds, ", ")};
}

// What the flags say; the rest is as usual.
Result<author::Wish> wish_of(const Options& options) {
  const auto& given = options.wish;
  RUNBOOK_CHECK(author::check_name(options.book));
  RUNBOOK_TRY(kind, known_kind(given.kind));
  author::Wish wish{.name = options.book,
                    .kind = kind,
                    .summary = given.summary,
                    .alerts = {},
                    .severity = given.severity.empty() ? kUsualSeverity : given.severity,
                    .owner = given.owner.empty() ? kUsualOwner : given.owner,
                    .changes = !given.read_only};
  for (const auto& alert : given.alerts) {
    for (auto& name : listed(alert)) wish.alerts.push_back(std::move(name));
  }
  return wish;
}

run::Ask question(std::string name, std::string label, Value fallback, std::vector<std::string> options = {}) {
  return {.mitigation = {},
          .name = std::move(name),
          .kind = options.empty() ? "text" : "choice",
          .label = std::move(label),
          .fallback = std::move(fallback),
          .options = std::move(options)};
}

Task<Result<void>> put(run::Asker& asker, bool wanted, run::Ask ask, std::string& answer) {
  if (!wanted) co_return Result<void>();
  RUNBOOK_CO_TRY(said, co_await asker.fill(ask));
  answer = std::string(said.text_or(""));
  co_return Result<void>();
}

// Asks for what the flags leave open.
Task<Result<void>> ask_for(author::Wish& wish, const NewOptions& given, run::Asker& asker) {
  const auto kinds = author::template_kinds();
  auto kind = question("kind", "What kind of target does it look at?", wish.kind, kinds);
  RUNBOOK_CO_CHECK(co_await put(asker, given.kind.empty() && kinds.size() > 1, kind, wish.kind));
  auto summary = question("summary", "What is wrong when one needs it?", author::usual_summary(wish.kind));
  RUNBOOK_CO_CHECK(co_await put(asker, given.summary.empty(), summary, wish.summary));
  std::string alerts;
  auto alert = question("alerts", "Which alerts does it answer? Names with commas between, or nothing", Value(""));
  RUNBOOK_CO_CHECK(co_await put(asker, given.alerts.empty(), alert, alerts));
  if (given.alerts.empty()) wish.alerts = listed(alerts);
  std::vector<std::string> grades = {"SEV-1", "SEV-2", "SEV-3", "SEV-4", "SEV-5"};
  auto severity = question("severity", "How bad is it?", wish.severity, grades);
  RUNBOOK_CO_CHECK(co_await put(asker, given.severity.empty(), severity, wish.severity));
  auto owner = question("owner", "Who answers for it?", wish.owner);
  RUNBOOK_CO_CHECK(co_await put(asker, given.owner.empty(), owner, wish.owner));
  std::string answer = "yes";
  std::vector<std::string> yes_or_no = {"yes", "no"};
  auto changes = question("changes", "Does it change something?", Value("yes"), yes_or_no);
  RUNBOOK_CO_CHECK(co_await put(asker, !given.read_only, changes, answer));
  wish.changes = !given.read_only && answer == "yes";
  co_return Result<void>();
}

Result<void> complete(Program& program, author::Wish& wish) {
  const auto& options = program.options();
  if (options.no_input) return {};
  const auto console = Console::open(program.loop().get_executor(), options.color);
  if (!console) return {};
  std::optional<Result<void>> done;
  boost::asio::co_spawn(program.loop(), ask_for(wish, options.wish, *console),
                        [&](std::exception_ptr bug, Result<void> result) {
                          if (bug) std::rethrow_exception(bug);
                          done = std::move(result);
                        });
  program.loop().restart();
  program.loop().run();
  return *done;
}

Result<void> none_is_there(const std::vector<author::TextFile>& files) {
  std::vector<std::string> there;
  std::error_code ignored;
  for (const auto& file : files) {
    if (fs::exists(file.path, ignored)) there.push_back(escaped(shown_path(file.path)));
  }
  if (there.empty()) return {};
  return Error{.code = Code::kUsage,
               .message = "there is " + join(there, ", ") + " already, and nothing is overwritten",
               .next = "choose another name, or another folder by --dir"};
}

// What each world shows lies beside it, as `runbook test` will want it.
Result<std::vector<fs::path>> write_transcripts(const replay::Theatre& theatre, const fs::path& book) {
  std::vector<fs::path> written;
  for (const auto& file : replay::worlds_of(book)) {
    RUNBOOK_TRY(world, replay::read_world(file));
    RUNBOOK_TRY(shown, Rehearsals(theatre, book).show(world));
    written.push_back(transcript_of(world));
    RUNBOOK_CHECK(write_file({.path = written.back(), .text = shown.transcript}));
  }
  return written;
}

// The editor's files, but for those that are there: a project's settings are its own.
struct EditorFiles {
  std::vector<fs::path> written;
  std::vector<fs::path> left;
};

Result<EditorFiles> write_editor_files(const fs::path& root) {
  EditorFiles out;
  auto files = author::editor_types(author::types_folder(root));
  files.insert(files.begin(), author::editor_settings(root));
  std::error_code ignored;
  for (const auto& file : files) {
    const bool there = fs::exists(file.path, ignored);
    (there ? out.left : out.written).push_back(file.path);
    if (!there) RUNBOOK_CHECK(write_file(file));
  }
  return out;
}

Value shown_paths(const std::vector<fs::path>& paths) {
  Value::List out;
  for (const auto& path : paths) out.emplace_back(shown_path(path));
  return out;
}

// BOOK as the next commands take it: its name when it is found by that.
std::string called(const Program& program, const fs::path& book) {
  const auto found = run::Shelf(program.config().playbooks).playbook(book.stem().string());
  std::error_code ignored;
  const bool by_name = found && fs::equivalent(found->file, book, ignored);
  return by_name ? book.stem().string() : shown_path(book);
}

void tell(const std::vector<fs::path>& written, const EditorFiles& editor, const std::string& book) {
  auto& out = std::cout;
  for (const auto& path : written) out << "wrote " << escaped(shown_path(path)) << '\n';
  if (!editor.written.empty()) {
    out << "wrote " << escaped(shown_path(editor.written.front())) << (editor.written.size() > 1 ? " and others" : "")
        << ", for editors with the Lua language server\n";
  }
  if (!editor.left.empty()) {
    out << "left " << escaped(shown_path(editor.left.front()))
        << (editor.left.size() > 1 ? " and others as they were" : " as it was")
        << "; runbook types writes the newest types\n";
  }
  const auto name = escaped(book);
  out << "\nIt checks, and holds in its worlds. Change it to what is needed, and look each time:\n"
      << "  runbook check " << name << '\n'
      << "  runbook test " << name << "        # --update accepts what the worlds show\n"
      << "  runbook run -n " << name << "      # on a real target; changes nothing\n";
}

}  // namespace

Result<int> cmd_new(Program& program, const LiveCode& live) {
  RUNBOOK_TRY(theatre, program.theatre(live));
  const auto& options = program.options();
  RUNBOOK_TRY(wish, wish_of(options));
  const auto folder = options.wish.folder.empty() ? own_playbooks(program.config()) : fs::absolute(options.wish.folder);
  RUNBOOK_CHECK(none_is_there(author::book_files(wish, folder)));
  RUNBOOK_CHECK(complete(program, wish));
  const auto files = author::book_files(wish, folder);
  RUNBOOK_CHECK(none_is_there(files));
  std::vector<fs::path> written;
  for (const auto& file : files) {
    RUNBOOK_CHECK(write_file(file));
    written.push_back(file.path);
  }
  const auto& book = files.front().path;
  RUNBOOK_TRY(transcripts, write_transcripts(theatre, book));
  written.insert(written.end(), transcripts.begin(), transcripts.end());
  RUNBOOK_TRY(editor, write_editor_files(project_of(folder)));
  if (options.output == Output::kText) {
    tell(written, editor, called(program, book));
    return 0;
  }
  written.insert(written.end(), editor.written.begin(), editor.written.end());
  std::cout << to_json(Value::Map{{"format", 1},
                                  {"book", called(program, book)},
                                  {"written", shown_paths(written)},
                                  {"left", shown_paths(editor.left)}})
            << '\n';
  return 0;
}

}  // namespace runbook::cli

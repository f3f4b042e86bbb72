// new: a playbook, its worlds and what they show, and what an editor needs.
#include <iostream>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_line.h"
#include "cli/project.h"
#include "cli/rehearsals.h"
#include "cli/wish.h"
#include "run/shelf.h"

namespace runbook::cli {

namespace fs = std::filesystem;

namespace {

bool is_world(const author::TextFile& file) { return file.path.extension() == ".toml"; }

// What a world shows lies beside it.
fs::path transcript_of(const author::TextFile& world) { return fs::path(world.path).replace_extension(".txt"); }

// A link that leads nowhere is there, too: what is written would go to where it points.
bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::symlink_status(path, ignored).type() != fs::file_type::not_found;
}

Result<void> none_is_there(const std::vector<author::TextFile>& files) {
  std::vector<std::string> there;
  const auto note = [&](const fs::path& path) {
    if (is_there(path)) there.push_back(escaped(shown_path(path)));
  };
  for (const auto& file : files) {
    note(file.path);
    if (is_world(file)) note(transcript_of(file));
  }
  if (there.empty()) return {};
  return Error{.code = Code::kUsage,
               .message = "there is " + join(there, ", ") + " already, and nothing is overwritten",
               .next = "choose another name, or another folder by --dir"};
}

// What each world shows, as `runbook test` will want it.
Result<std::vector<fs::path>> write_transcripts(const replay::Theatre& theatre,
                                                const std::vector<author::TextFile>& files) {
  const Rehearsals rehearsals(theatre, files.front().path);
  std::vector<fs::path> written;
  for (const auto& file : files) {
    if (!is_world(file)) continue;
    RUNBOOK_TRY(world, replay::read_world(file.path));
    RUNBOOK_TRY(shown, rehearsals.show(world));
    written.push_back(transcript_of(file));
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
  for (const auto& file : files) {
    const bool there = is_there(file.path);
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
  RUNBOOK_CHECK(ask_what_is_open(program, wish));
  const auto files = author::book_files(wish, folder);
  RUNBOOK_CHECK(none_is_there(files));
  std::vector<fs::path> written;
  for (const auto& file : files) {
    RUNBOOK_CHECK(write_file(file));
    written.push_back(file.path);
  }
  const auto& book = files.front().path;
  RUNBOOK_TRY(transcripts, write_transcripts(theatre, files));
  written.insert(written.end(), transcripts.begin(), transcripts.end());
  RUNBOOK_TRY(editor, write_editor_files(project_of(folder)));
  if (options.output == Output::kText) {
    tell(written, editor, called(program, book));
    return 0;
  }
  written.insert(written.end(), editor.written.begin(), editor.written.end());
  std::cout << json_line(Value::Map{{"format", 1},
                                    {"book", called(program, book)},
                                    {"written", shown_paths(written)},
                                    {"left", shown_paths(editor.left)}});
  return 0;
}

}  // namespace runbook::cli

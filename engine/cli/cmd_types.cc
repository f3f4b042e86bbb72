// types: what an editor with the Lua language server needs to know the language of playbooks.
#include <iostream>

#include "base/json.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/project.h"

namespace runbook::cli {

Result<int> cmd_types(Program& program) {
  const auto& wanted = program.options().out;
  const auto folder = wanted.empty() ? author::types_folder(project_of(".")) : std::filesystem::absolute(wanted);
  const auto files = author::editor_types(folder);
  for (const auto& file : files) RUNBOOK_CHECK(write_file(file));
  if (program.options().output != Output::kText) {
    Value::List written;
    for (const auto& file : files) written.emplace_back(shown_path(file.path));
    std::cout << to_json(Value::Map{{"format", 1}, {"written", std::move(written)}}) << '\n';
    return 0;
  }
  const auto shown = escaped(shown_path(folder));
  std::cout << "wrote " << files.size() << " files to " << shown << "\n"
            << "an editor reads them by its .luarc.json: \"workspace.library\": [\"" << shown << "\"]\n";
  return 0;
}

}  // namespace runbook::cli

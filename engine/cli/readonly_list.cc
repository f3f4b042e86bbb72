#include "cli/readonly_list.h"

namespace runbook::cli {

Result<guard::ReadOnlyCommands> readonly_list(const run::Config& config) {
  guard::ReadOnlyCommands list;
  RUNBOOK_TRY(shipped, run::parse_toml(guard::shipped_readonly_commands(), kShippedList));
  RUNBOOK_CHECK(list.add(shipped.root, kShippedList));
  for (const auto& file : config.files) {
    RUNBOOK_TRY(document, run::read_toml(file));
    const auto added = list.add(document.root, file.string());
    if (added) continue;
    auto error = added.error();
    error.where = document.where(error.where);
    return error;
  }
  return list;
}

}  // namespace runbook::cli

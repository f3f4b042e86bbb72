#include "cli/command_text.h"

#include "base/shell.h"

namespace runbook::cli {

std::string command_text(const Options& options) {
  std::string text = "runbook";
  const auto add = [&](const std::string& flag, const std::string& value) {
    if (!value.empty()) text += " " + flag + " " + shell_word(value);
  };
  add("--config", options.config.config.string());
  add("--inventory", options.config.inventory.string());
  add("--state", options.config.state.string());
  add(options.command, options.book);
  for (const auto& [name, value] : options.inputs) add("-p", name + "=" + value);
  for (const auto& [name, value] : options.asks) add("-p", name + "=" + value);
  add("--mitigate", options.mitigate);
  if (options.accept_changed) text += " --accept-changed";
  add("--incident", options.incident);
  return text;
}

}  // namespace runbook::cli

#include "cli/command_text.h"

#include <algorithm>

#include "base/text.h"

namespace runbook::cli {

namespace {

std::string shell_word(std::string_view word) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_./:=,@%+").find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return escaped(quoted) + "'";
}

}  // namespace

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
  add("--incident", options.incident);
  return text;
}

}  // namespace runbook::cli

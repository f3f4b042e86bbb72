#include "guard/ssh.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"

namespace runbook::guard {

namespace {

using Words = std::span<const std::string>;

constexpr auto kVariables = std::to_array<std::string_view>({"COLUMNS", "LANG", "LC_ALL", "TZ"});

Error refused(std::string message, std::string next = {}) {
  return {.code = Code::kRefused, .message = std::move(message), .next = std::move(next)};
}

// NAME=value with nothing in the value that could be a path or a format.
bool is_harmless(std::string_view assignment) {
  const auto equals = assignment.find('=');
  if (equals == std::string_view::npos) return false;
  const auto value = assignment.substr(equals + 1);
  return std::find(kVariables.begin(), kVariables.end(), assignment.substr(0, equals)) != kVariables.end() &&
         value.size() <= 32 && std::all_of(value.begin(), value.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
                  c == '-';
         });
}

bool takes(Words& words, std::initializer_list<std::string_view> beginning) {
  if (words.size() < beginning.size() || !std::equal(beginning.begin(), beginning.end(), words.begin())) return false;
  words = words.subspan(beginning.size());
  return true;
}

}  // namespace

Argv words_of(const RemoteCommand& command) {
  Argv words;
  if (!command.directory.empty()) words = {"cd", command.directory, "&&"};
  words.insert(words.end(), command.argv.begin(), command.argv.end());
  return words;
}

Result<std::string> SshGuard::rule_for(const RemoteCommand& command) const {
  if (!command.directory.empty()) return refused("a command that only looks is begun where the login begins");
  Words words = command.argv;
  takes(words, {"sudo", "-n", "--"});
  if (takes(words, {"env", "--"})) {
    while (!words.empty() && words[0].find('=') != std::string::npos) {
      if (!is_harmless(words[0])) {
        return refused("the variable " + escaped(words[0].substr(0, words[0].find('=')), 40) + " is not set for a look",
                       "COLUMNS, LANG, LC_ALL and TZ may be, to plain words");
      }
      words = words.subspan(1);
    }
  }
  return commands_.allow(words);
}

Result<> SshGuard::look(std::string_view host, std::string_view line, const Permit* permit) const {
  if (const auto kill = parse_remote_kill_line(line)) {
    if (begun_.contains({std::string(host), kill->process})) return {};
    return refused("the guard let no line out: process " + std::to_string(kill->process) + " of " + escaped(host, 120) +
                   " was not begun by this run");
  }
  const auto command = parse_remote_line(line);
  if (!command) return command.error();
  const auto listed = permit != nullptr && std::find(permit->sends().begin(), permit->sends().end(),
                                                     words_of(*command)) != permit->sends().end();
  if (listed) return {};
  auto rule = rule_for(*command);
  if (rule) return {};
  auto error = rule.error();
  error.message = "the guard let no line out: " + error.message;
  if (permit != nullptr) error.message += ", nor is it what intent " + std::to_string(permit->intent()) + " permits";
  return error;
}

Result<> SshGuard::look_file(std::string_view path) const {
  const Argv words = {"cat", std::string(path)};
  if (commands_.allow(words)) return {};
  return refused("the guard opened no file: " + escaped(path, 120) + " is none that a look may read",
                 "which may be is told by [kinds.FILE] of the list of commands that only look");
}

}  // namespace runbook::guard

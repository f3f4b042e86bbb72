#include "guard/ssh.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "base/kept_file.h"
#include "base/text.h"
#include "guard/peers.h"

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

// Behind `env --` and its variables, when they are there.
Result<Words> behind_variables(Words words) {
  if (!takes(words, {"env", "--"})) return words;
  while (!words.empty() && words[0].find('=') != std::string::npos) {
    if (!is_harmless(words[0])) {
      return refused("the variable " + escaped(words[0].substr(0, words[0].find('=')), 40) + " is not set for a look",
                     "COLUMNS, LANG, LC_ALL and TZ may be, to plain words");
    }
    words = words.subspan(1);
  }
  return words;
}

// The command itself, without what it is run by: sudo, and variables in front of it or behind.
Result<Words> looking_words(const RemoteCommand& command) {
  if (!command.directory.empty()) return refused("a command that only looks is begun where the login begins");
  if (!command.input.empty()) return refused("a command that only looks is given nothing to read");
  RUNBOOK_TRY(words, behind_variables(command.argv));
  takes(words, {"sudo", "-n", "--"});
  return behind_variables(words);
}

// Of `cat PATH.before-3f2a…`, a file that a change of ours kept, `cat PATH`; nothing of any other command.
std::optional<Argv> as_before_the_change(Words words) {
  if (words.size() != 2 || words[0] != "cat") return std::nullopt;
  auto original = original_of_kept(words[1]);
  if (!original) return std::nullopt;
  return Argv{"cat", *std::move(original)};
}

}  // namespace

void SshGuard::declare(std::string peer) {
  if (std::find(peers_.begin(), peers_.end(), peer) == peers_.end()) peers_.push_back(std::move(peer));
}

Result<std::string> SshGuard::rule_for(const RemoteCommand& command) const {
  RUNBOOK_TRY(words, looking_words(command));
  if (is_knock(words, peers_) || is_lookup(words, peers_)) return std::string("a question about a target");
  if (const auto before = as_before_the_change(words)) return commands_.allow(*before);
  return commands_.allow(words);
}

bool SshGuard::reserves(const RemoteCommand& command) const {
  const auto words = looking_words(command);
  return words && (is_knock(*words, peers_) || is_lookup(*words, peers_) || commands_.reserves(*words) ||
                   as_before_the_change(*words).has_value());
}

Result<> SshGuard::look(std::string_view host, std::string_view line, std::string_view input,
                        const Permit* permit) const {
  if (const auto kill = parse_remote_kill_line(line)) {
    if (input.empty() && begun_.contains({std::string(host), kill->process})) return {};
    return refused("the guard let no line out: process " + std::to_string(kill->process) + " of " + escaped(host, 120) +
                   " was not begun by this run");
  }
  RUNBOOK_TRY(command, parse_remote_line(line));
  command.input = input;
  const auto listed = permit != nullptr && std::any_of(permit->sends().begin(), permit->sends().end(),
                                                       [&](const Argv& words) { return command_of(words) == command; });
  if (listed) return {};
  auto rule = rule_for(command);
  if (rule) return {};
  auto error = rule.error();
  error.message = "the guard let no line out: " + error.message;
  if (permit != nullptr) error.message += ", nor is it what intent " + std::to_string(permit->intent()) + " permits";
  return error;
}

}  // namespace runbook::guard

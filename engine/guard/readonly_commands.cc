#include "guard/readonly_commands.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "guard/never_read.h"

namespace runbook::guard {

namespace {

constexpr auto kFolders = std::to_array<std::string_view>({"/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/"});
constexpr std::size_t kMostWords = 256;
constexpr std::size_t kLongestWord = 4096;

// The name of a program, without the folder of one that stands where the system keeps its own.
std::string_view bare(std::string_view program) {
  for (const auto folder : kFolders) {
    if (program.starts_with(folder)) return program.substr(folder.size());
  }
  return program;
}

Error at(Error error, const std::string& path) {
  error.where = error.where.empty() ? path : path + "." + error.where;
  return error;
}

Error refused(std::string message, std::string next = {}) {
  return {.code = Code::kRefused, .message = std::move(message), .next = std::move(next)};
}

}  // namespace

Result<> ReadOnlyCommands::add(const Value& document, std::string_view origin) {
  for (const auto& [name, table] : document["kinds"].members()) {
    const auto path = "kinds." + name;
    if (kinds_.contains(name) || name == "OPTIONS")
      return at({.code = Code::kConfig, .message = "there is a kind " + escaped(name, 40) + " already"}, path);
    auto kind = parse_word_kind(table);
    if (!kind) return at(kind.error(), path);
    kinds_.emplace(name, std::move(*kind));
  }
  for (const auto& [name, table] : document["commands"].members()) {
    const auto path = "commands." + name;
    if (std::any_of(rules_.begin(), rules_.end(),
                    [&taken = name](const CommandRule& rule) { return rule.name == taken; }))
      return at({.code = Code::kConfig,
                 .message = "there is a command " + escaped(name, 40) + " already",
                 .next = "give the rule another name: rules are added to those that are there"},
                path);
    auto rule = parse_command_rule(name, table, kinds_);
    if (!rule) return at(rule.error(), path);
    rule->origin = origin;
    rules_.push_back(std::move(*rule));
  }
  return {};
}

Result<std::string> ReadOnlyCommands::allow(std::span<const std::string> argv) const {
  if (argv.empty()) return refused("a command needs a program");
  const auto too_long = [](const std::string& word) { return word.size() > kLongestWord; };
  if (argv.size() > kMostWords || std::any_of(argv.begin(), argv.end(), too_long))
    return refused("a command that only looks has at most " + std::to_string(kMostWords) + " words of " +
                   std::to_string(kLongestWord) + " bytes");
  std::vector<std::string> words(argv.begin(), argv.end());
  words[0] = bare(argv[0]);
  if (is_never_read(words[0]))
    return refused(
        escaped(argv[0], 60) + " is never a look, whatever a rule says: it runs, sends or writes what it is told",
        "make it a change");
  for (const auto& rule : rules_) {
    if (rule.is_of(words[0]) && !rule.stopped_at(words, kinds_)) return rule.name + " (" + rule.origin + ")";
  }
  return refusal(words[0], words);
}

bool ReadOnlyCommands::reserves(std::span<const std::string> argv) const {
  if (!allow(argv)) return false;
  std::vector<std::string> words(argv.begin(), argv.end());
  words[0] = bare(argv[0]);
  return std::none_of(rules_.begin(), rules_.end(), [&](const CommandRule& rule) {
    return !rule.reserved && rule.is_of(words[0]) && !rule.stopped_at(words, kinds_);
  });
}

// Says it by the rule that came furthest.
Error ReadOnlyCommands::refusal(std::string_view program, std::span<const std::string> argv) const {
  const CommandRule* nearest_rule = nullptr;
  std::size_t furthest = 0;
  std::vector<std::string> programs;
  for (const auto& rule : rules_) {
    for (const auto& form : rule.forms) programs.insert(programs.end(), form[0].words.begin(), form[0].words.end());
    if (!rule.is_of(program)) continue;
    const auto stopped = rule.stopped_at(argv, kinds_).value_or(argv.size());
    if (nearest_rule != nullptr && stopped <= furthest) continue;
    nearest_rule = &rule;
    furthest = stopped;
  }
  if (nearest_rule == nullptr) {
    const auto near = nearest(program, programs);
    return refused(escaped(program, 60) + " is not on the list of commands that only look",
                   near.empty() ? "add it to [commands] of the configuration when it only looks, or make it a change"
                                : "did you mean " + near + "?");
  }
  const auto said = furthest >= argv.size() ? std::string("a word is missing behind ") + escaped(argv.back(), 60)
                                            : escaped(argv[furthest], 60) + " does not pass as a look";
  return refused(escaped(program, 60) + ": " + said, "the rule " + nearest_rule->name + " (" + nearest_rule->origin +
                                                         ") lets pass: " + join(nearest_rule->usage, "; "));
}

}  // namespace runbook::guard

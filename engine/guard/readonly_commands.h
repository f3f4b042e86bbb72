// Which commands of a host only look: the reviewed list, and the question whether a command is on it.
//
// The list is readonly_commands.toml beside this file and travels in the program. A site may add commands and kinds of
// arguments of its own in its configuration, in the same form and by the same rules (command_rule.h, word_kind.h), but
// replace none. Below it stands a second net, never_read.h, which no rule gets past.
//
// A program is a bare name, or that name in /usr/bin, /bin, /usr/sbin or /sbin: what lies elsewhere is another program.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/value.h"
#include "guard/command_rule.h"

namespace runbook::guard {

class ReadOnlyCommands {
 public:
  /// Adds the `commands` and `kinds` of a document. `origin` says for people where they stand. kConfig for what is no
  /// rule and for a name that is taken, with the member of the document in `where`: "commands.df.flags".
  Result<> add(const Value& document, std::string_view origin);

  /// What lets this command pass: "df (readonly_commands.toml)". kRefused says which word stops the nearest rule, and
  /// how that rule would be written.
  [[nodiscard]] Result<std::string> allow(std::span<const std::string> argv) const;

  /// Whether it passes, but by reserved rules alone.
  [[nodiscard]] bool reserves(std::span<const std::string> argv) const;

  /// All rules, in the order in which they are asked.
  [[nodiscard]] const std::vector<CommandRule>& rules() const { return rules_; }
  [[nodiscard]] const Kinds& kinds() const { return kinds_; }

 private:
  [[nodiscard]] Error refusal(std::string_view program, std::span<const std::string> argv) const;

  Kinds kinds_{};
  std::vector<CommandRule> rules_{};
};

/// The text of readonly_commands.toml (embedded at build time).
std::string_view shipped_readonly_commands();

}  // namespace runbook::guard

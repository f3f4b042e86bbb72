// The last look at what goes to a host over SSH, right before it is sent.
//
// The guard reads the outgoing line itself: it takes the template apart (base/remote_command.h), and what is not that
// template, byte for byte, is no line of ours. Without a permit passes
//
//   * a command of the list of those that only look (readonly_commands.h), as its user or by sudo, begun where the
//     login begins; with no variables but the few below, which say in what language and how wide it answers
//   * a question about another target of the run, as a reserved command (peers.h)
//   * the end of a command, and only of one whose process the host named in answer to a line of this client (`heard`)
//   * as a reserved command, `cat` of what a change kept of such a file (base/kept_file.h)
//
// None of them is given anything to read. With a permit also what it lists passes, word for word (words_of): the
// command, where it is begun, and what it reads on its standard input.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/remote_command.h"
#include "guard/permit.h"
#include "guard/readonly_commands.h"

namespace runbook::guard {

class SshGuard {
 public:
  /// The list is the program's own and what the site adds; none lets nothing pass.
  explicit SshGuard(ReadOnlyCommands commands = {}) : commands_(std::move(commands)) {}

  /// From now on that list counts.
  void know(ReadOnlyCommands commands) { commands_ = std::move(commands); }
  /// From now on hosts may look up the name of a target, and try to connect there: "host:port".
  void declare(std::string peer);

  /// Whether this line, and behind it this input, may be sent to that host, without a permit or with one. kRefused
  /// names program and the word that stops it, and what the list says.
  [[nodiscard]] Result<> look(std::string_view host, std::string_view line, std::string_view input,
                              const Permit* permit) const;

  /// The host says that a command of ours is this process: from now on it may be ended there.
  void heard(std::string_view host, std::uint64_t process) const { begun_.emplace(host, process); }
  /// That process is over: its number may be another's now.
  void ended(std::string_view host, std::uint64_t process) const { begun_.erase({std::string(host), process}); }

  /// What lets a command pass without a permit: "df (readonly_commands.toml)". kRefused.
  [[nodiscard]] Result<std::string> rule_for(const RemoteCommand& command) const;
  /// Whether it passes, but only for readers that take care of what it says and where it goes.
  [[nodiscard]] bool reserves(const RemoteCommand& command) const;

 private:
  ReadOnlyCommands commands_;
  std::vector<std::string> peers_{};
  mutable std::set<std::pair<std::string, std::uint64_t>> begun_{};
};

}  // namespace runbook::guard

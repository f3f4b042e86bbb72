// The last look at what goes to a host over SSH, right before it is sent.
//
// The guard reads the outgoing line itself: it takes the template apart (base/remote_command.h), and what is not that
// template, byte for byte, is no line of ours. Without a permit passes
//
//   * a command of the list of those that only look (readonly_commands.h), as its user or by sudo, begun where the
//     login begins; with no variables but the few below, which say in what language and how wide it answers
//   * the end of a command, and only of one whose process the host named in answer to a line of this client (`begun`)
//   * over SFTP, what `cat` of that list may read
//
// With a permit also what it lists, word for word: the words of the command, and {"cd", directory, "&&"} in front when
// it is begun elsewhere (permit_words).
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/remote_command.h"
#include "guard/permit.h"
#include "guard/readonly_commands.h"

namespace runbook::guard {

/// How a permit lists a command.
Argv permit_words(const RemoteCommand& command);

class SshGuard {
 public:
  explicit SshGuard(std::shared_ptr<const ReadOnlyCommands> commands) : commands_(std::move(commands)) {}

  /// From now on the process that an opening named may be ended, until `ended`.
  void begun(std::uint64_t process) { begun_.insert(process); }
  /// The process is over: its number may be another's now.
  void ended(std::uint64_t process) { begun_.erase(process); }

  /// Whether this line may be sent. kRefused names program and the word that stops it, and what the list says.
  [[nodiscard]] Result<> look(std::string_view line, const Permit* permit) const;
  /// Whether this file may be opened for reading.
  [[nodiscard]] Result<> look_file(std::string_view path) const;

  /// Whether a command, with what stands in front of its program, only looks: the rule that says so, such as "df
  /// (readonly_commands.toml)", or kRefused.
  [[nodiscard]] Result<std::string> allow(const RemoteCommand& command) const;

 private:
  std::shared_ptr<const ReadOnlyCommands> commands_;
  std::set<std::uint64_t> begun_{};
};

}  // namespace runbook::guard

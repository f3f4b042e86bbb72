// One command on its way to another host: the single string that SSH carries, and the same read back.
//
// sshd hands that string to the login shell of the user, whichever that is. So the string is one fixed template with
// quoted words in it, never shell text of anybody's, and of no other shape:
//
//   'printf' '%s %s\n' "runbook $$" '\\\!' && 'test' '\\\!' '=' \\\\\\\!
//     && nl=$('printf' '\n.') && nl=${nl%.}          only when a word holds a line end
//     && 'cd' '/srv/app'                             only when a directory is wanted
//     && 'printf' 'runbook starts\n' && 'exec' 'systemctl' 'status' 'nginx'
//
// (on one line). What each part is for:
//
//   * `$$` is the process that the command will be, because of `exec`. sshd makes each command of a session the
//     leader of a process group of its own, so `kill` of -$$ from a second channel reaches its children too
//     (remote_kill). `setsid` is not everywhere, and `set -m` wants a terminal in dash and busybox.
//   * The first line says which shell reads us, and it comes before any word of ours: sh keeps the three backslashes
//     of '\\\!', csh and fish do not. `test` stops these two from running anything. fish refuses `$$` as a whole.
//   * The second line says that the command is now begun: without it, it was not (no such directory, no POSIX shell,
//     no login), and nothing is in doubt.
//   * What a start file of the shell prints comes before the first line, and is not taken for the command's output.
//
// Each word stands in single quotes. Three characters stand outside of them: ' as \', because it must; ! as \!, because
// csh would look for an event of its history even in quotes and so end the quoting; and a line end as "$nl", because
// csh takes a line end in quotes for the end of the line and would run what follows it.
//
// Guards read the same template back (parse_remote_line) and accept what remote_line makes, byte for byte, and nothing
// else.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace runbook {

struct RemoteCommand {
  std::vector<std::string> argv{};
  std::string directory{};  // absolute; empty: where the login begins
  std::string input{};      // what it reads on its standard input; no part of the line

  bool operator==(const RemoteCommand&) const = default;
};

/// Longer lines do not fit into one argument of a program on Linux (MAX_ARG_STRLEN, 128 KiB with the NUL).
inline constexpr std::size_t kLongestLine = std::size_t{128} * 1024 - 1;

/// The words of a command with these variables set: env -- NAME=value … argv. kUsage for what is no name of a variable.
Result<std::vector<std::string>> in_environment(const std::map<std::string, std::string>& variables,
                                                const std::vector<std::string>& argv);
/// The words of a command that sudo runs as root, without ever asking: sudo -n -- argv.
std::vector<std::string> by_sudo(const std::vector<std::string>& argv);

/// Whether a command runs by sudo: it stands in front, or behind `env --` and its variables.
bool is_by_sudo(const std::vector<std::string>& argv);

/// A command as permits, plans and the audit log write it: {"stdin=", input, "cd", directory, "&&", argv…}, the first
/// two and the next three only where there are such. No program has a = in its name, and a cd of its own does nothing,
/// so no two commands that differ are written alike.
std::vector<std::string> words_of(const RemoteCommand& command);
/// The command of such words.
RemoteCommand command_of(const std::vector<std::string>& words);
inline constexpr std::string_view kStandardInput = "stdin=";

/// Words, each quoted, with one blank between them. kUsage for no words and for a NUL, which no argument can hold.
Result<std::string> quoted(const std::vector<std::string>& words);
/// The words of a text that `quoted` makes; kRefused for any other text, however alike.
Result<std::vector<std::string>> unquoted(std::string_view text);

/// The line that runs the command. kUsage for what no shell could be told safely: no program, one that begins with -
/// or holds = (exec, env and sudo would read it as their own), a NUL, a directory that is not absolute; kLimit for a
/// line longer than kLongestLine.
Result<std::string> remote_line(const RemoteCommand& command);
/// The command of a line that remote_line makes; kRefused for any other line, however alike.
Result<RemoteCommand> parse_remote_line(std::string_view line);

// The line that ends a command:
//
//   'test' "$('command' '-v' 'kill')" '=' 'kill' && 'kill' '-TERM' '-4711'
//   'sudo' '-n' '--' 'kill' '-TERM' '--' '-4711'
//
// The first is for the kill that is built into the shell, and sees to it that it is: the program of procps 4.0 reads
// -4711 without -- in front as -4, and -14711 as -1, which is every process there is; and the one built into dash and
// busybox knows no --. The second is for the program, which sudo needs.

/// TERM, or KILL, to the process group of the process that an opening named.
enum class EndSignal : std::uint8_t { kTerm, kKill };
struct RemoteKill {
  std::uint64_t process = 0;
  EndSignal signal = EndSignal::kTerm;
  bool sudo = false;  // what sudo began, only root may end

  bool operator==(const RemoteKill&) const = default;
};
std::string remote_kill_line(const RemoteKill& kill);
/// kRefused for any other line.
Result<RemoteKill> parse_remote_kill_line(std::string_view line);

/// What a host says before the command's own output.
struct Opening {
  std::uint64_t process = 0;  // its process, and process group
  std::size_t size = 0;       // bytes of the output that are not the command's: start files, and the opening itself
};
/// Looks for the opening in what has come on standard output so far. Nothing: more must come. kProtocol when the login
/// shell is no POSIX shell, and when more than 64 KiB come without an opening.
Result<std::optional<Opening>> read_opening(std::string_view output);
/// What is wrong when the channel has ended without an opening: the command was never begun.
Error never_begun(std::string_view output, std::string_view errors);

}  // namespace runbook

#include "base/remote_command.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace runbook {

namespace {

constexpr std::string_view kAnd = " && ";
constexpr std::string_view kWhichShell = R"('printf' '%s %s\n' "runbook $$" '\\\!' && 'test' '\\\!' '=' \\\\\\\!)";
constexpr std::string_view kLineEnd = R"(nl=$('printf' '\n.') && nl=${nl%.})";
constexpr std::string_view kChange = "'cd' ";
constexpr std::string_view kBegin = R"('printf' 'runbook starts\n' && 'exec' )";
constexpr std::string_view kBuiltIn = R"~('test' "$('command' '-v' 'kill')" '=' 'kill' && 'kill' )~";
constexpr std::string_view kBySudo = "'sudo' '-n' '--' 'kill' ";
constexpr std::string_view kPosix = R"(\\\!)";
constexpr std::string_view kStarts = "runbook starts\n";
constexpr std::size_t kLongestMarker = 8;
constexpr std::size_t kMostNoise = std::size_t{64} * 1024;

// What stands between two pieces of a quoted word, for the character that cannot stand within.
struct Outside {
  char character;
  std::string_view written;
};
constexpr Outside kOutside[] = {{'\'', R"('\'')"}, {'!', R"('\!')"}, {'\n', R"('"$nl"')"}};

Error refused(std::string_view what) {
  return {.code = Code::kRefused, .message = "this is no line that runbook makes for a host: " + std::string(what)};
}

Error usage(std::string message) { return {.code = Code::kUsage, .message = std::move(message)}; }

std::string quoted_word(std::string_view word) {
  std::string out = "'";
  for (const char c : word) {
    const auto* outside = std::find_if(std::begin(kOutside), std::end(kOutside),
                                       [c](const Outside& each) { return each.character == c; });
    if (outside == std::end(kOutside)) {
      out += c;
    } else {
      out += outside->written;
    }
  }
  return out + "'";
}

// Takes one quoted word off the front of the text.
Result<std::string> take_word(std::string_view& text) {
  if (!text.starts_with('\'')) return refused("a word is not in quotes");
  text.remove_prefix(1);
  std::string word;
  while (true) {
    const auto end = text.find('\'');
    if (end == std::string_view::npos) return refused("a quote is not closed");
    const auto piece = text.substr(0, end);
    if (piece.find_first_of(std::string_view("!\n\0", 3)) != std::string_view::npos)
      return refused("a word holds what is never quoted so");
    word += piece;
    text.remove_prefix(end);
    const auto* outside = std::find_if(std::begin(kOutside), std::end(kOutside),
                                       [text](const Outside& each) { return text.starts_with(each.written); });
    if (outside == std::end(kOutside)) break;
    word += outside->character;
    text.remove_prefix(outside->written.size());
  }
  text.remove_prefix(1);
  return word;
}

bool take(std::string_view& text, std::string_view beginning) {
  if (!text.starts_with(beginning)) return false;
  text.remove_prefix(beginning.size());
  return true;
}

bool is_variable(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  return !name.empty() && letter(name[0]) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

Result<> check_program(const std::string& program) {
  if (program.empty()) return usage("a command needs a program");
  if (program.starts_with('-') || program.find('=') != std::string::npos || program == "cd")
    return usage("no command can be begun with " + escaped(program, 60));
  return {};
}

bool holds_line_end(const RemoteCommand& command) {
  const auto holds = [](const std::string& word) { return word.find('\n') != std::string::npos; };
  return holds(command.directory) || std::any_of(command.argv.begin(), command.argv.end(), holds);
}

constexpr std::string_view name_of(EndSignal signal) { return signal == EndSignal::kTerm ? "TERM" : "KILL"; }

// \\\! as some shell reads it.
bool is_marker(std::string_view text) {
  return text.size() <= kLongestMarker && text.ends_with('!') && text.find_first_not_of('\\') == text.size() - 1;
}

// A number as we write it: digits, no zero in front.
std::optional<std::uint64_t> number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto* const end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || rest != end || digits != std::to_string(value)) return std::nullopt;
  return value;
}

}  // namespace

Result<std::vector<std::string>> in_environment(const std::map<std::string, std::string>& variables,
                                                const std::vector<std::string>& argv) {
  if (variables.empty()) return argv;
  std::vector<std::string> words = {"env", "--"};
  for (const auto& [name, value] : variables) {
    if (!is_variable(name)) return usage(escaped(name, 60) + " is no name of a variable");
    words.push_back(name + "=" + value);
  }
  RUNBOOK_CHECK(check_program(argv.empty() ? "" : argv[0]));
  words.insert(words.end(), argv.begin(), argv.end());
  return words;
}

std::vector<std::string> by_sudo(const std::vector<std::string>& argv) {
  std::vector<std::string> words = {"sudo", "-n", "--"};
  words.insert(words.end(), argv.begin(), argv.end());
  return words;
}

bool is_by_sudo(const std::vector<std::string>& argv) {
  const auto sudo = by_sudo({}).front();
  if (argv.empty()) return false;
  if (argv.front() != "env") return argv.front() == sudo;
  const auto program = std::find_if(argv.begin() + 1, argv.end(), [](const std::string& word) {
    return word != "--" && word.find('=') == std::string::npos;
  });
  return program != argv.end() && *program == sudo;
}

std::vector<std::string> words_of(const RemoteCommand& command) {
  std::vector<std::string> words;
  if (!command.input.empty()) words = {std::string(kStandardInput), command.input};
  if (!command.directory.empty()) words.insert(words.end(), {"cd", command.directory, "&&"});
  words.insert(words.end(), command.argv.begin(), command.argv.end());
  return words;
}

RemoteCommand command_of(const std::vector<std::string>& words) {
  RemoteCommand command;
  auto at = words.begin();
  if (words.size() > 2 && at[0] == kStandardInput) {
    command.input = at[1];
    at += 2;
  }
  if (words.end() - at > 3 && at[0] == "cd" && at[2] == "&&") {
    command.directory = at[1];
    at += 3;
  }
  command.argv.assign(at, words.end());
  return command;
}

Result<std::string> quoted(const std::vector<std::string>& words) {
  if (words.empty()) return usage("a command needs a program");
  std::string out;
  for (const auto& word : words) {
    if (word.find('\0') != std::string::npos)
      return usage("no argument of a program can hold a NUL: " + escaped(word, 60));
    if (!out.empty()) out += ' ';
    out += quoted_word(word);
  }
  return out;
}

Result<std::vector<std::string>> unquoted(std::string_view text) {
  std::vector<std::string> words;
  do {
    RUNBOOK_TRY(word, take_word(text));
    words.push_back(word);
  } while (take(text, " "));
  if (!text.empty()) return refused("something follows the last word");
  return words;
}

Result<std::string> remote_line(const RemoteCommand& command) {
  RUNBOOK_CHECK(check_program(command.argv.empty() ? "" : command.argv[0]));
  if (!command.directory.empty() && !command.directory.starts_with('/'))
    return usage("a directory to begin in is absolute, not " + escaped(command.directory, 60));
  std::string line(kWhichShell);
  if (holds_line_end(command)) line.append(kAnd).append(kLineEnd);
  if (!command.directory.empty()) {
    RUNBOOK_TRY(directory, quoted({command.directory}));
    line.append(kAnd).append(kChange).append(directory);
  }
  RUNBOOK_TRY(words, quoted(command.argv));
  line.append(kAnd).append(kBegin).append(words);
  if (line.size() > kLongestLine)
    return Error{.code = Code::kLimit,
                 .message = "the command is " + std::to_string(line.size()) + " bytes long, a host takes " +
                            std::to_string(kLongestLine)};
  return line;
}

Result<RemoteCommand> parse_remote_line(std::string_view line) {
  auto rest = line;
  RemoteCommand command;
  if (!take(rest, kWhichShell) || !take(rest, kAnd)) return refused("it does not ask for the shell first");
  if (take(rest, kLineEnd) && !take(rest, kAnd)) return refused("it breaks off");
  if (take(rest, kChange)) {
    RUNBOOK_TRY(directory, take_word(rest));
    command.directory = directory;
    if (!take(rest, kAnd)) return refused("it breaks off");
  }
  if (!take(rest, kBegin)) return refused("it begins no command");
  RUNBOOK_TRY(argv, unquoted(rest));
  command.argv = argv;
  const auto same = remote_line(command);
  if (!same || *same != line) return refused("it is not the one way to write its command");
  return command;
}

std::string remote_kill_line(const RemoteKill& kill) {
  const auto signal = "'-" + std::string(name_of(kill.signal)) + "' ";
  const auto group = "'-" + std::to_string(kill.process) + "'";
  return kill.sudo ? std::string(kBySudo) + signal + "'--' " + group : std::string(kBuiltIn) + signal + group;
}

Result<RemoteKill> parse_remote_kill_line(std::string_view line) {
  const auto digits = line.find_last_of('-') + 1;
  const auto process = number(line.substr(digits, line.size() - std::min(line.size(), digits + 1)));
  // Group 0 is the shell's own, and 1 would be everything.
  if (process && *process > 1) {
    for (const auto signal : {EndSignal::kTerm, EndSignal::kKill}) {
      for (const bool sudo : {false, true}) {
        const RemoteKill kill{.process = *process, .signal = signal, .sudo = sudo};
        if (remote_kill_line(kill) == line) return kill;
      }
    }
  }
  return refused("it ends no command");
}

Result<std::optional<Opening>> read_opening(std::string_view output) {
  constexpr std::string_view kFirst = "runbook ";
  for (auto at = output.find(kFirst); at != std::string_view::npos; at = output.find(kFirst, at + 1)) {
    const auto from = at + kFirst.size();
    const auto blank = output.find_first_not_of("0123456789", from);
    if (blank == std::string_view::npos) return std::optional<Opening>();
    const auto process = number(output.substr(from, blank - from));
    if (!process || *process < 2 || output[blank] != ' ') continue;
    const auto behind = output.substr(blank + 1, kLongestMarker + 1);
    const auto marker = behind.substr(0, behind.find('\n'));
    if (marker.size() == output.size() - blank - 1 && marker.size() <= kLongestMarker) return std::optional<Opening>();
    if (!is_marker(marker)) continue;
    if (marker != kPosix) {
      return Error{.code = Code::kProtocol,
                   .message = "the login shell there is no POSIX shell: it reads " + std::string(kPosix) + " as " +
                              std::string(marker),
                   .next =
                       "give the user of this target sh, dash, bash, busybox or zsh as its login shell (csh and "
                       "fish read quotes otherwise); nothing was run"};
    }
    const auto begun = blank + 1 + marker.size() + 1;
    const auto rest = output.substr(begun);
    if (rest.starts_with(kStarts)) return std::optional(Opening{.process = *process, .size = begun + kStarts.size()});
    if (kStarts.starts_with(rest)) return std::optional<Opening>();
  }
  if (output.size() > kMostNoise)
    return Error{.code = Code::kProtocol,
                 .message = "the host said " + std::to_string(output.size()) + " bytes and did not begin the command",
                 .next = "look at what its login shell runs at its start"};
  return std::optional<Opening>();
}

Error never_begun(std::string_view output, std::string_view errors) {
  const auto said = trim(errors).empty() ? trim(output) : trim(errors);
  const bool asked = output.find("runbook ") != std::string_view::npos;
  return {.code = Code::kRefused,
          .message = "the command was not begun" + (said.empty() ? std::string() : ": " + escaped(said, 200)),
          .next = asked ? "look at the directory it was to begin in"
                        : "is the login shell of that user a POSIX shell, and may the user log in?"};
}

}  // namespace runbook

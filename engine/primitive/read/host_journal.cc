// Readers of a host's journal, over SSH.
#include <array>
#include <chrono>

#include "base/text.h"
#include "base/usage.h"
#include "primitive/read/ask_host.h"
#include "primitive/read/journal_lines.h"
#include "primitive/read/read_rows.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

using guard::Argv;
using safety::ArgSpec;
using safety::ArgType;
using safety::in_words;
using safety::ReadRow;
using safety::Target;

constexpr std::string_view kFields = "--output-fields=MESSAGE,PRIORITY,_SYSTEMD_UNIT,SYSLOG_IDENTIFIER,_PID";
constexpr double kMostLines = 1000;
constexpr double kFewLines = 200;

// "1h" as journalctl wants it: --since=-3600s.
Result<std::string> since(std::string_view text, std::string_view argument) {
  const auto time = parse_duration(text);
  if (!time) return usage(std::string(argument) + " is a time such as 30m or 24h, not \"" + escaped(text, 40) + "\"");
  return "--since=-" + std::to_string(std::chrono::ceil<std::chrono::seconds>(*time).count()) + "s";
}

Task<Result<Value>> ask_journal(Reach& reach, const Target& target, Argv words) {
  Argv argv = {"journalctl", "--no-pager", "-q", "-o", "json", std::string(kFields)};
  argv.insert(argv.end(), words.begin(), words.end());
  RUNBOOK_CO_TRY(text, co_await ask_host(reach, target, std::move(argv)));
  co_return at_host(target, parse_journal(text));
}

Task<Result<Value>> read_journal(Reach& reach, const Target& target, const Value& args) {
  const auto lines = args["lines"].number_or(kFewLines);
  if (lines < 1 || lines > kMostLines)
    co_return usage("lines is a number from 1 to " + std::to_string(static_cast<int>(kMostLines)));
  Argv words = {"-n", std::to_string(static_cast<int>(lines))};
  if (const auto* unit = args["unit"].as_text()) words.insert(words.end(), {"-u", *unit});
  if (const auto* priority = args["priority"].as_text()) words.insert(words.end(), {"-p", *priority});
  if (const auto* text = args["since"].as_text()) {
    RUNBOOK_CO_TRY(option, since(*text, "since"));
    words.push_back(std::move(option));
  }
  RUNBOOK_CO_TRY(entries, co_await ask_journal(reach, target, std::move(words)));
  const auto count = entries.items().size();
  co_return Value(Value::Map{{"lines", std::move(entries)}, {"count", count}});
}

std::string of_journal(const Value& answer) {
  const auto& lines = answer["lines"].items();
  if (lines.empty()) return "no entries";
  return in_words(answer["count"]) + " entries, the last: " + in_words(lines.back()["message"]);
}

Task<Result<Value>> read_oom_kills(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(option, since(args["within"].text_or("24h"), "within"));
  Argv words = {"-k", "-p", "err", "-n", "4000", option};  // as the kernel says it
  RUNBOOK_CO_TRY(entries, co_await ask_journal(reach, target, std::move(words)));
  co_return oom_kills(entries);
}

std::string of_kills(const Value& answer) {
  std::string out;
  for (const auto& kill : answer.items())
    out += (out.empty() ? "" : ", ") + in_words(kill["process"]) + " at " + in_words(kill["time"]);
  return out.empty() ? "the kernel killed nothing for want of memory" : out;
}

constexpr auto kPriorities =
    std::to_array<std::string_view>({"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"});
constexpr ArgSpec kJournalArgs[] = {
    {"unit", ArgType::kText, false, "the unit whose entries are wanted; all unless said", "redis-server"},
    {"lines", ArgType::kNumber, false, "at most so many, the last ones; 200 unless said, at most 1,000", "50"},
    {"since", ArgType::kText, false, "how far back", "1h"},
    {"priority", ArgType::kText, false, "these and graver ones", "err", kPriorities}};
constexpr ArgSpec kKillsArgs[] = {{"within", ArgType::kText, false, "how far back; 24h unless said", "1h"}};

const ReadRow kRows[] = {
    {"host.journal", "ssh", kJournalArgs, "The last entries of its journal.",
     "{lines, count}: lines is a list of {time, unit, source, pid, priority, message}, oldest first", read_journal,
     "{client} journalctl --no-pager {-u unit} {-n lines} {-p priority}", of_journal},
    {"host.oom_kills", "ssh", kKillsArgs, "Which processes the kernel killed for want of memory.",
     "a list of {time, process, pid, in_group}; in_group: the limit of its control group was reached, not the host's",
     read_oom_kills, "{client} journalctl -k --no-pager --grep 'ut of memory'", of_kills},
};

}  // namespace

std::span<const ReadRow> host_journal_rows() { return kRows; }

}  // namespace runbook::primitive

// What is in files of a host, and what changes of them are compared by, over SSH.
#include "primitive/read/host_edit.h"

#include "base/hash.h"
#include "base/kept_file.h"
#include "base/text.h"
#include "base/usage.h"
#include "primitive/read/ask_host.h"
#include "primitive/read/host_file.h"
#include "primitive/read/read_rows.h"
#include "primitive/read/settings_text.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

using guard::Argv;
using safety::ArgSpec;
using safety::ArgType;
using safety::in_words;
using safety::ReadRow;
using safety::Target;

// Who may write to the folder could put a link in the place of what root writes there.
std::string why_unfit(const Value& file) {
  const auto kind = in_words(file["kind"]);
  if (kind != "file") return "it is a " + kind;
  if (file["links"].number_or(1) > 1)
    return "it has " + in_words(file["links"]) + " names, and the others would keep the old content";
  const auto mode = file["directory"]["mode"].text_or("");
  const auto may_write = [](char digit) { return ((digit - '0') & 2) != 0; };
  const bool open = mode.size() >= 3 && (may_write(mode[mode.size() - 1]) || may_write(mode[mode.size() - 2]));
  return open ? "others than its owner may write to the folder it lies in (mode " + std::string(mode) + ")" : "";
}

Error not_there(const Target& target, const std::string& path) {
  return {.code = Code::kNotFound, .message = "there is no " + escaped(path, 120), .where = target.name};
}

// The file's text, and the state to which `set` is added; null when it is not there.
struct WholeFile {
  std::string text;
  Value state;
};
Task<Result<WholeFile>> read_for_change(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(path, path_of_file(args));
  RUNBOOK_CO_TRY(file, co_await stat_on_host(reach, target, path));
  if (!std::as_const(file)["exists"].bool_or(false)) co_return not_there(target, path);
  WholeFile whole;
  RUNBOOK_CO_TRY(text, co_await read_whole_file(reach, target, std::move(path)));
  whole.state = Value::Map{{"sha256", sha256(text)}, {"size", text.size()}};
  if (auto why = why_unfit(file); !why.empty()) whole.state["unfit"] = std::move(why);
  whole.text = std::move(text);
  co_return whole;
}

Task<Result<Value>> read_line(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(path, path_of_file(args));
  if (reach.ssh_guard().reserves({.argv = {"cat", path}})) {
    co_return Error{.code = Code::kRefused,
                    .message = path + " is a file of variables, whose lines are not shown",
                    .where = target.name,
                    .next = "change.host_env_file sets one of them"};
  }
  RUNBOOK_CO_TRY(whole, co_await read_for_change(reach, target, args));
  RUNBOOK_CO_TRY(line, at_host(target, line_of(whole.text, args["beginning"].text_or(""))));
  whole.state["set"] = line ? Value(*line) : Value();
  co_return std::move(whole.state);
}

// The value itself is nobody's to see.
Task<Result<Value>> read_variable(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(whole, co_await read_for_change(reach, target, args));
  RUNBOOK_CO_TRY(now, at_host(target, variable_of(whole.text, args["key"].text_or(""))));
  const auto* wanted = args["value"].as_text();
  whole.state["so"] = wanted == nullptr ? !now.has_value() : now == *wanted;
  if (const auto* digits = args["kept"].as_text()) {
    RUNBOOK_CO_TRY(path, path_of_file(args));
    const auto kept = co_await read_whole_file(reach, target, kept_file(path, *digits));
    const auto before = kept ? variable_of(*kept, args["key"].text_or("")) : Result<Setting>(kept.error());
    // The file that was kept goes with the way back; without it, that it is not so any more is all there is to know.
    whole.state["back"] = before ? now == *before : !whole.state["so"].bool_or(false);
  }
  co_return std::move(whole.state);
}

// The text itself only of what a look may show.
constexpr std::size_t kLargestShown = std::size_t{64} << 10U;

Task<Result<Value>> read_content(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(whole, co_await read_for_change(reach, target, args));
  RUNBOOK_CO_TRY(path, path_of_file(args));
  if (whole.text.size() <= kLargestShown && is_utf8(whole.text) && !reach.ssh_guard().reserves({.argv = {"cat", path}}))
    whole.state["text"] = std::move(whole.text);
  co_return std::move(whole.state);
}

// ---- host.log

constexpr double kFewLines = 200;
constexpr double kMostLines = 5000;

Task<Result<Value>> read_log(Reach& reach, const Target& target, const Value& args) {
  const auto lines = args["lines"].number_or(kFewLines);
  if (lines < 1 || lines > kMostLines)
    co_return usage("lines is a number from 1 to " + std::to_string(static_cast<int>(kMostLines)));
  RUNBOOK_CO_TRY(path, path_of_file(args));
  RUNBOOK_CO_TRY(file, co_await stat_on_host(reach, target, path));
  if (!std::as_const(file)["exists"].bool_or(false)) co_return not_there(target, path);
  Argv argv = {"tail", "-n", std::to_string(static_cast<int>(lines)), path};
  RUNBOOK_CO_TRY(text, co_await ask_host(reach, target, std::move(argv)));
  file["text"] = std::move(text);
  co_return std::move(file);
}

std::string of_log(const Value& answer) {
  const auto text = trim(answer["text"].text_or(""));
  const auto line = text.rfind('\n');
  return bytes_text(answer["size"].number_or(0)) +
         (text.empty() ? "" : ", the last line: " + std::string(text.substr(line == std::string::npos ? 0 : line + 1)));
}

std::string of_setting(const Value& answer) { return answer["set"].is_null() ? "not set" : in_words(answer["set"]); }

std::string of_variable(const Value& answer) { return answer["so"].bool_or(false) ? "it is so" : "it is not so"; }

constexpr ArgSpec kPath[] = {{"path", ArgType::kText, true, "the file", "/etc/nginx/nginx.conf"}};
constexpr ArgSpec kLineArgs[] = {{"path", ArgType::kText, true, "the file", "/etc/nginx/nginx.conf"},
                                 {"beginning", ArgType::kText, true, "how the one line begins", "proxy_read_timeout"}};
constexpr ArgSpec kVariableArgs[] = {
    {"path", ArgType::kText, true, "the file of KEY=value lines", "/etc/default/redis-server"},
    {"key", ArgType::kText, true, "the variable", "FEATURE_X"},
    {"value", ArgType::kText, false, "what it may be set to; without it, that it is not set", "off"},
    {"kept", ArgType::kText, false, "of a way back: which file was kept, by the digits at its end", "3f2a51c09b7d"}};

constexpr ArgSpec kLogArgs[] = {
    {"path", ArgType::kText, true, "the log: a file that may be read", "/var/log/nginx/error.log"},
    {"lines", ArgType::kNumber, false, "at most so many, the last ones; 200 unless said, at most 5,000", "50"}};

const ReadRow kRows[] = {
    {"host.log", "ssh", kLogArgs, "The last lines of a log that is a file.",
     "{text, size, kind, mode, owner, group, modified, links, directory}, as host.file", read_log,
     "{client} tail {-n lines} {path}", of_log},
    {"host.line", "ssh", kLineArgs, "One line of a file that may be read.",
     "{set (the line, without blanks around it; absent when there is none), sha256 and size of the file, unfit (why a "
     "change would not replace it)}",
     read_line, "{client} grep -n {beginning} {path}", of_setting},
    {"host.variable", "ssh", kVariableArgs, "Whether a variable of a file of KEY=value lines has a value.",
     "{so (whether it has the value; without one, whether it is not set), back (whether it has the value of the file "
     "that was kept), sha256, size, unfit}, as host.line; no value is shown",
     read_variable, "{client} cut -d= -f1 {path}", of_variable},
    {"host.content", "ssh", kPath, "What a change of a whole file is compared by.",
     "{sha256, size, unfit, text (of at most 64 KiB, of a file whose lines may be shown)}", read_content,
     "{client} sha256sum {path}"},
};

}  // namespace

Task<Result<std::string>> read_whole_file(Reach& reach, const Target& target, std::string path) {
  Argv argv = {"cat", std::move(path)};
  co_return co_await ask_host(reach, target, std::move(argv));
}

std::span<const ReadRow> host_edit_rows() { return kRows; }

}  // namespace runbook::primitive

#include "primitive/read/host_file.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/hash.h"
#include "base/text.h"
#include "base/usage.h"
#include "guard/word_kind.h"
#include "primitive/read/ask_host.h"
#include "primitive/read/env_file.h"
#include "primitive/read/file_output.h"
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

constexpr std::size_t kLargestText = std::size_t{64} << 10U;
constexpr double kLargestHashed = 16.0 * 1024 * 1024;
constexpr std::size_t kHexDigits = 64;

// The beginning of a file that may be read, and its hash where it was read as a whole.
Task<Result<>> add_text(Reach& reach, const Target& target, const std::string& path, Value& file) {
  Argv argv = {"head", "-c", std::to_string(kLargestText + 1), path};
  RUNBOOK_CO_TRY(text, co_await ask_host(reach, target, std::move(argv)));
  const bool cut = text.size() > kLargestText;
  if (cut) text.resize(kLargestText);
  if (!cut) file["sha256"] = sha256(text);
  file["cut"] = cut;
  file["lines"] = std::count(text.begin(), text.end(), '\n') + (text.empty() || text.back() == '\n' ? 0 : 1);
  file["text"] = std::move(text);
  co_return Result<>();
}

// Most files may be looked at and not be read, and then the rest counts without.
Task<void> add_hash(Reach& reach, const Target& target, const std::string& path, Value& file) {
  if (std::as_const(file)["size"].number_or(0) > kLargestHashed) {
    file["unread"] = "it is larger than " + bytes_text(kLargestHashed);
    co_return;
  }
  Argv argv = {"sha256sum", path};
  auto said = co_await ask_host(reach, target, std::move(argv));
  if (!said) {
    file["unread"] = said.error().message;
  } else if (said->size() <= kHexDigits) {
    file["unread"] = "sha256sum gave no hash";
  } else {
    file["sha256"] = said->substr(0, kHexDigits);
  }
}

Task<Result<Value>> read_file(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(path, path_of_file(args));
  RUNBOOK_CO_TRY(file, co_await stat_on_host(reach, target, path));
  file["path"] = path;
  const bool content = args["content"].bool_or(false);
  const auto kind = std::string(std::as_const(file)["kind"].text_or(""));
  if (kind == "link") {
    Argv argv = {"readlink", "-n", path};
    RUNBOOK_CO_TRY(leads_to, co_await ask_host(reach, target, std::move(argv)));
    file["target"] = std::move(leads_to);
  }
  if (!kind.empty() && kind != "file" && content)
    co_return Error{.code = Code::kUsage,
                    .message = path + " is a " + kind + ", which has no content of its own",
                    .where = target.name,
                    .next = kind == "link"
                                ? "ask for what it leads to: " + escaped(std::as_const(file)["target"].text_or(""), 120)
                                : ""};
  if (kind == "file" && content) RUNBOOK_CO_CHECK(co_await add_text(reach, target, path, file));
  if (kind == "file" && std::as_const(file)["sha256"].is_null()) co_await add_hash(reach, target, path, file);
  co_return std::move(file);
}

std::string of_file(const Value& file) {
  if (!file["exists"].bool_or(false)) return "not there";
  const auto kind = in_words(file["kind"]);
  const auto rights = ", " + in_words(file["mode"]) + " " + in_words(file["owner"]) + ":" + in_words(file["group"]);
  if (kind == "link") return "link to " + in_words(file["target"]) + rights;
  return kind + (kind == "file" ? ", " + bytes_text(file["size"].number_or(0)) : "") + rights;
}

// ---- host.env_file

Task<Result<Value>> read_env_file(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(path, path_of_file(args));
  Argv argv = {"cat", path};
  auto text = co_await ask_host(reach, target, std::move(argv));
  if (!text && text.error().message.ends_with(kAbsent))
    co_return Error{Code::kNotFound, "the host has no file " + path, target.name};
  if (!text) co_return text.error();
  auto variables = parse_env_file(*text);
  variables["path"] = path;
  co_return variables;
}

std::string of_variables(const Value& file) {
  const auto empty = file["empty"].items().size();
  const auto broken = file["broken"].items().size();
  return std::to_string(file["keys"].items().size()) + " variables" +
         (empty > 0 ? ", " + std::to_string(empty) + " of them empty" : "") +
         (broken > 0 ? ", " + std::to_string(broken) + " broken lines" : "");
}

constexpr ArgSpec kEnvArgs[] = {{"path", ArgType::kText, true,
                                 "absolute: below /etc/default and the like, or named as such files are (.env, *.env)",
                                 "/etc/default/redis-server"}};
constexpr ArgSpec kFileArgs[] = {
    {"path", ArgType::kText, true, "absolute, of plain characters", "/etc/nginx/nginx.conf"},
    {"content", ArgType::kBool, false,
     "whether its text is wanted, too; only of a file that may be read (docs/readonly-commands.md)", "true"}};

const ReadRow kRows[] = {
    {"host.file", "ssh", kFileArgs, "Whether a file is there, whose it is, and what is in it.",
     "{path, exists, kind (file, directory, link, pipe, socket …), size in bytes, mode (\"0644\"), owner, group, "
     "modified (UTC text), links, target of a link, sha256 of a file (unread says why there is none: not a file that "
     "may be read, or above 16 MiB), directory = {mode, owner, group} of the one it lies in}; with content also "
     "{text (the first 64 KiB; cut when there is more), lines}; links are not followed",
     read_file, "{client} stat {path}", of_file},
    {"host.env_file", "ssh", kEnvArgs,
     "The variables in a file as systemd and docker read it; no value is ever shown, but two can be compared.",
     "{path, values = by name what stands for the value: ‹secret:NAME› for a declared secret, else ‹redacted:1›, the "
     "same for the same value, so same_secret tells whether two are equal, empty text for an empty one; keys = names "
     "in order; empty = those without a value; twice = those that stand there more than once, of which the last "
     "counts; broken = numbers of the lines that are none}; error not_found when there is no such file",
     read_env_file, "{client} cut -d= -f1 {path}", of_variables},
};

}  // namespace

Result<std::string> path_of_file(const Value& args) {
  auto path = std::string(args["path"].text_or(""));
  if (!guard::is_plain_path(path))
    return usage("path is an absolute path of letters, digits and _.-+:@%,=~, not \"" + escaped(path, 80) + "\"",
                 "a name with other characters in it, or with . or .. as a part, is looked at by hand");
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

Task<Result<Value>> stat_on_host(Reach& reach, const Target& target, std::string path) {
  Argv argv = {"stat", "-c", std::string(kStatFormat), path, std::filesystem::path(path).parent_path()};
  RUNBOOK_CO_TRY(output, co_await hear_host(reach, target, std::move(argv)));
  co_return at_host(target, parse_file(output.out, output.err));
}

std::span<const ReadRow> host_file_rows() { return kRows; }

}  // namespace runbook::primitive

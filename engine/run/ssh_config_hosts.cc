#include "run/ssh_config_hosts.h"

#include <glob.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.h"
#include "run/whole_file.h"

namespace runbook::run {

namespace {

namespace fs = std::filesystem;

constexpr int kDeepest = 16;  // as READCONF_MAX_DEPTH of ssh

// A line cut into words: quotes hold one together, # outside of them ends the line, and one = may stand behind the
// keyword. None when a quote stays open.
std::optional<std::vector<std::string>> words_of(std::string_view line) {
  std::vector<std::string> words;
  std::size_t at = 0;
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f'; };
  for (;;) {
    while (at < line.size() && (is_blank(line[at]) || (words.size() == 1 && line[at] == '='))) ++at;
    if (at == line.size() || line[at] == '#') return words;
    std::string word;
    char quote = 0;
    for (; at < line.size() && (quote != 0 || !(is_blank(line[at]) || (words.empty() && line[at] == '='))); ++at) {
      const char c = line[at];
      const bool escapes =
          c == '\\' && at + 1 < line.size() && (line[at + 1] == '"' || line[at + 1] == '\'' || line[at + 1] == '\\');
      if (escapes) {
        word += line[++at];
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      } else {
        word += c;
      }
    }
    if (quote != 0) return std::nullopt;
    words.push_back(std::move(word));
  }
}

bool is_pattern(std::string_view word) { return word.find_first_of("*?!") != std::string_view::npos; }

bool is_name(std::string_view word) {
  return !word.empty() && word.front() != '-' && escaped(word) == word &&
         word.find_first_of(" \t/,()") == std::string_view::npos;
}

class Includer {
 public:
  explicit Includer(const fs::path& folder) : folder_(folder) {}

  Result<void> take(const fs::path& file, int depth, const std::string& included_at) {
    const auto text = read_whole_file(file);
    if (!text && !included_at.empty()) {
      out_.left_out.push_back(
          {.where = included_at,
           .why = "what it includes is not read: " + escaped(file.string(), 120) + ": " + text.error().message});
      return {};
    }
    if (!text) return text.error();
    RUNBOOK_TRY(names, parse_ssh_config_names(*text, file.string()));
    for (auto& host : names.hosts) {
      if (known_.insert(host.name).second) out_.hosts.push_back(std::move(host));
    }
    for (auto& left : names.left_out) out_.left_out.push_back(std::move(left));
    for (const auto& [pattern, where] : names.includes) {
      if (depth == kDeepest) return Error{Code::kConfig, "Include is more than 16 deep", where};
      for (const auto& each : files_of(pattern)) RUNBOOK_CHECK(take(each, depth + 1, where));
    }
    return {};
  }

  ImportedHosts found() { return std::move(out_); }

 private:
  // The files that a pattern means: none is no error, as for ssh.
  [[nodiscard]] std::vector<fs::path> files_of(const std::string& pattern) const {
    auto path = pattern.starts_with("~/") ? folder_.parent_path() / pattern.substr(2) : fs::path(pattern);
    if (!path.is_absolute()) path = folder_ / path;
    glob_t found{};
    std::vector<fs::path> out;
    if (glob(path.c_str(), 0, nullptr, &found) == 0) out.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    globfree(&found);
    return out;
  }

  fs::path folder_;
  ImportedHosts out_;
  std::set<std::string> known_;
};

}  // namespace

Result<SshConfigNames> parse_ssh_config_names(std::string_view text, const std::string& file) {
  SshConfigNames out;
  std::size_t number = 0;
  std::string block;  // the Host or Match in whose part the line stands
  for (const auto raw : split(text, '\n')) {
    const auto where = file + ":" + std::to_string(++number);
    const auto words = words_of(raw);
    if (!words) return Error{Code::kConfig, "a quote that is not closed", where};
    if (words->empty()) continue;
    const auto keyword = lower(words->front());
    if (keyword == "host") {
      if (words->size() == 1) return Error{Code::kConfig, "Host names nothing", where};
      block = "Host " + (*words)[1];
      for (auto word = words->begin() + 1; word != words->end(); ++word) {
        if (is_pattern(*word)) continue;
        if (!is_name(*word)) return Error{Code::kConfig, "\"" + escaped(*word, 60) + "\" is no name of a host", where};
        out.hosts.push_back({.name = *word, .address = *word, .where = where});
      }
    } else if (keyword == "match") {
      block = "Match";
    } else if (keyword == "include" && !block.empty()) {
      out.left_out.push_back(
          {.where = where,
           .why = "Include below " + escaped(block, 60) + " counts for that one only, and is not read for names",
           .next = "put it above the first Host when it names hosts"});
    } else if (keyword == "include") {
      for (auto word = words->begin() + 1; word != words->end(); ++word) {
        if (word->find("${") != std::string::npos || word->find('%') != std::string::npos ||
            word->find('\0') != std::string::npos) {
          out.left_out.push_back({.where = where,
                                  .why = "Include " + escaped(*word, 60) + " has a token, which is not worked out",
                                  .next = "write the path"});
        } else {
          out.includes.emplace_back(*word, where);
        }
      }
    }
  }
  return out;
}

Result<ImportedHosts> read_ssh_config_hosts(const fs::path& file, const fs::path& folder) {
  Includer includer(folder);
  RUNBOOK_CHECK(includer.take(file, 0, ""));
  auto found = includer.found();
  if (!found.hosts.empty()) return found;
  return Error{
      .code = Code::kConfig,
      .message =
          "there is no Host in it that is no pattern" +
          (found.left_out.empty() ? "" : "; " + found.left_out.front().where + ": " + found.left_out.front().why),
      .where = file.string()};
}

}  // namespace runbook::run

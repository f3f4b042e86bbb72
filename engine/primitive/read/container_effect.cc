#include "primitive/read/container_effect.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "base/text.h"
#include "primitive/read/redis_effect.h"

namespace runbook::primitive {

namespace {

using Words = std::span<const std::string>;

// * is one segment.
constexpr std::string_view kReadable[] = {
    "/etc/hostname",  "/etc/hosts",        "/etc/os-release",   "/etc/resolv.conf", "/proc/*/cgroup", "/proc/*/io",
    "/proc/*/limits", "/proc/*/oom_score", "/proc/*/stat",      "/proc/*/statm",    "/proc/*/status", "/proc/cpuinfo",
    "/proc/loadavg",  "/proc/meminfo",     "/proc/mounts",      "/proc/net/*",      "/proc/stat",     "/proc/uptime",
    "/proc/vmstat",   "/sys/fs/cgroup/*",  "/sys/fs/cgroup/*/*"};

bool is_like(std::string_view path, std::string_view pattern) {
  const auto have = split(path, '/');
  const auto want = split(pattern, '/');
  if (have.size() != want.size()) return false;
  for (std::size_t i = 0; i < have.size(); ++i) {
    if (want[i] == "*" ? have[i].empty() || have[i].starts_with('.') : have[i] != want[i]) return false;
  }
  return true;
}

bool is_readable(std::string_view path) {
  return std::any_of(std::begin(kReadable), std::end(kReadable),
                     [&](std::string_view pattern) { return is_like(path, pattern); });
}

bool is_plain_path(const std::string& word) {
  return word.starts_with('/') && word.find("..") == std::string::npos && escaped(word) == word;
}

bool is_option_of(const std::string& word, std::string_view letters) {
  return word.size() > 1 && word[0] == '-' && word.find_first_not_of(letters, 1) == std::string::npos;
}

bool are_options_and_paths(Words words, std::string_view letters) {
  const auto paths = std::find_if(words.begin(), words.end(), [](const auto& word) { return !word.starts_with('-'); });
  return std::all_of(words.begin(), paths, [&](const auto& word) { return is_option_of(word, letters); }) &&
         std::all_of(paths, words.end(), is_plain_path);
}

bool is_process_list(Words words) {
  if (words.empty()) return true;
  if (words.size() == 1) return words[0] == "aux" || words[0] == "-ef" || words[0] == "-e";
  return words.size() == 2 && words[0] == "-o" && words[1].find("env") == std::string::npos &&
         words[1].find_first_not_of("abcdefghijklmnopqrstuvwxyz,") == std::string::npos;
}

bool is_redis_question(Words words) {
  while (!words.empty() && words[0].starts_with('-')) {
    const bool with_value = words[0] == "-p" || words[0] == "-n" || words[0] == "-s";
    if (!with_value && words[0] != "--raw" && words[0] != "--no-raw" && words[0] != "--no-auth-warning") return false;
    words = words.subspan(std::min<std::size_t>(with_value ? 2 : 1, words.size()));
  }
  return is_redis_read(words);
}

}  // namespace

bool is_container_read(std::span<const std::string> argv) {
  if (argv.empty()) return false;
  const auto words = argv.subspan(1);
  if (argv[0] == "cat") return words.size() == 1 && is_readable(words[0]);
  if (argv[0] == "ls") return are_options_and_paths(words, "1AFSadhlnrst");
  if (argv[0] == "df") return are_options_and_paths(words, "ahikPT");
  if (argv[0] == "ps") return is_process_list(words);
  return argv[0] == "redis-cli" && is_redis_question(words);
}

}  // namespace runbook::primitive

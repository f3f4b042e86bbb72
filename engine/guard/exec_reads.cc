#include "guard/exec_reads.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"
#include "guard/peers.h"
#include "guard/redis_cli.h"

namespace runbook::guard {

namespace {

using Words = std::span<const std::string>;

constexpr auto kFiles = std::to_array<std::string_view>(
    {"/etc/hostname", "/etc/hosts", "/etc/os-release", "/etc/resolv.conf", "/proc/cpuinfo", "/proc/loadavg",
     "/proc/meminfo", "/proc/mounts", "/proc/stat", "/proc/uptime", "/proc/vmstat"});
constexpr auto kOfNetwork = std::to_array<std::string_view>(
    {"dev", "netstat", "route", "snmp", "sockstat", "sockstat6", "tcp", "tcp6", "udp", "udp6", "unix"});
constexpr auto kOfProcess = std::to_array<std::string_view>(
    {"cgroup", "comm", "io", "limits", "oom_score", "sched", "stat", "statm", "status"});
constexpr auto kOfCgroup =
    std::to_array<std::string_view>({"cpu.max", "cpu.stat", "memory.current", "memory.events", "memory.limit_in_bytes",
                                     "memory.max", "memory.stat", "memory.usage_in_bytes", "pids.current", "pids.max"});
constexpr auto kOfPs = std::to_array<std::string_view>(
    {"pid", "ppid", "user", "comm", "args", "stat", "etime", "time", "vsz", "rss", "pcpu", "pmem", "nlwp"});

template <class List>
bool has(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 7 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// An absolute path that can be read in one way only.
bool is_path(std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/_.-+:@").find(c) != std::string_view::npos;
  });
  return plain && text.starts_with('/') && text.find("//") == std::string_view::npos &&
         text.find("/..") == std::string_view::npos && text.find("/./") == std::string_view::npos;
}

bool is_file_of_load(std::string_view path) {
  if (has(kFiles, path)) return true;
  const auto parts = split(path, '/');  // "", "proc", "1", "status"
  if (path.starts_with("/sys/fs/cgroup/")) return is_path(path) && has(kOfCgroup, parts.back());
  if (parts.size() != 4 || parts[1] != "proc") return false;
  return parts[2] == "net" ? has(kOfNetwork, parts[3]) : is_number(parts[2]) && has(kOfProcess, parts[3]);
}

bool all_paths(Words words) { return std::all_of(words.begin(), words.end(), is_path); }

// Options of single letters first, then paths.
bool options_and_paths(Words words, std::string_view letters) {
  while (!words.empty() && words[0].starts_with('-')) {
    if (words[0].size() < 2 || words[0].find_first_not_of(letters, 1) != std::string::npos) return false;
    words = words.subspan(1);
  }
  return all_paths(words);
}

bool is_ps(Words words) {
  if (words.empty()) return true;
  if (words.size() == 1) return words[0] == "aux" || words[0] == "-ef" || words[0] == "-e";
  if (words.size() != 2 || words[0] != "-o") return false;
  const auto columns = split(words[1], ',');
  return std::all_of(columns.begin(), columns.end(), [](std::string_view column) { return has(kOfPs, column); });
}

// redis-cli, of the server beside it: no other host, no password on a command line, nothing that runs on and on.
bool is_redis_cli(Words words) {
  while (words.size() >= 2 && words[0].starts_with('-')) {
    const bool alone = words[0] == "--raw" || words[0] == "--no-raw" || words[0] == "--no-auth-warning";
    const bool number = words[0] == "-p" || words[0] == "-n";
    if (!alone && !(number && is_number(words[1])) && !(words[0] == "-s" && is_path(words[1]))) return false;
    words = words.subspan(alone ? 1 : 2);
  }
  return is_redis_question(words);
}

}  // namespace

bool is_exec_read(const Argv& argv, std::span<const std::string> peers) {
  if (argv.empty()) return false;
  const auto words = Words(argv).subspan(1);
  const auto& program = argv[0];
  if (program == "cat") return words.size() == 1 && is_file_of_load(words[0]);
  if (program == "df") return options_and_paths(words, "ahikPT");
  if (program == "ls") return options_and_paths(words, "1AFSadhlnrst");
  if (program == "nc") return is_knock(argv, peers);
  if (program == "busybox") return is_knock(words, peers);
  if (program == "ps") return is_ps(words);
  if (program == "redis-cli") return is_redis_cli(words);
  return false;
}

}  // namespace runbook::guard

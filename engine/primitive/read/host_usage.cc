// Readers of what uses a host, over SSH: its files, its processes, its sockets, and what its firewall lets through.
#include <array>
#include <cmath>

#include "base/text.h"
#include "base/usage.h"
#include "guard/word_kind.h"
#include "primitive/read/ask_host.h"
#include "primitive/read/host_lists.h"
#include "primitive/read/read_rows.h"
#include "primitive/read/socket_lines.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

using guard::Argv;
using safety::ArgSpec;
using safety::ArgType;
using safety::in_words;
using safety::ReadRow;
using safety::Target;

constexpr double kFew = 20;
constexpr double kMost = 200;
constexpr double kDeepest = 9;
constexpr std::size_t kLargestList = 16U << 20U;
constexpr auto kLongestDu = std::chrono::seconds(15);  // before the evidence's own time is over

Result<std::size_t> count_of(const Value& args) {
  const auto count = args["count"].number_or(kFew);
  if (count < 1 || count > kMost || count != std::floor(count))
    return usage("count is a whole number from 1 to " + std::to_string(static_cast<int>(kMost)));
  return static_cast<std::size_t>(count);
}

// ---- host.largest

Task<Result<Value>> read_largest(Reach& reach, const Target& target, const Value& args) {
  auto path = std::string(args["path"].text_or(""));
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  if (!guard::is_plain_path(path)) co_return usage("path is an absolute path, not \"" + escaped(path, 80) + "\"");
  RUNBOOK_CO_TRY(count, count_of(args));
  const auto depth = args["depth"].number_or(1);
  if (depth < 1 || depth > kDeepest || depth != std::floor(depth))
    co_return usage("depth is a whole number from 1 to " + std::to_string(static_cast<int>(kDeepest)));
  Argv argv = {"du", "-a", "-x", "-k", "-d", std::to_string(static_cast<int>(depth)), path};
  const net::SshLimits limits{.total = kLongestDu, .output = kLargestList};
  auto output = co_await hear_host(reach, target, std::move(argv), limits);
  if (!output && output.error().code == Code::kTimeout)
    co_return Error{Code::kTimeout, "to add up " + path + " takes more than " + duration_text(kLongestDu), target.name,
                    "ask for one of the folders in it"};
  if (!output) co_return output.error();
  auto told = parse_du(output->out, path, count);
  const auto& read = std::as_const(told);
  if (read["total"].is_null() && read["largest"].items().empty())
    co_return Error{Code::kNotFound, "du: " + escaped(trim(output->err).substr(0, output->err.find('\n')), 300),
                    target.name};
  const auto unread = std::count(output->err.begin(), output->err.end(), '\n');
  told["path"] = path;
  told["unread"] = unread;
  told["complete"] = unread == 0 && !output->cut;
  co_return told;
}

std::string of_largest(const Value& answer) {
  std::string out;
  for (const auto& entry : answer["largest"].items()) {
    if (&entry - answer["largest"].items().data() == 3) break;
    out += (out.empty() ? "" : ", ") + in_words(entry["path"]) + " " + bytes_text(entry["bytes"].number_or(0));
  }
  return (out.empty() ? "nothing" : out) + (answer["complete"].bool_or(true) ? "" : ", not all could be read");
}

// ---- host.processes

Task<Result<Value>> read_processes(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(count, count_of(args));
  const bool by_cpu = args["sort"].text_or("memory") == "cpu";
  Argv argv = {"ps", "-eo", std::string(kProcessColumns), "--sort", by_cpu ? "-pcpu" : "-rss"};
  const net::SshLimits limits{.output = kLargestList};
  RUNBOOK_CO_TRY(text, co_await ask_host(reach, target, std::move(argv), limits));
  co_return at_host(target, parse_processes(text, count));
}

std::string of_processes(const Value& answer) {
  std::string out;
  for (const auto& process : answer["processes"].items()) {
    if (&process - answer["processes"].items().data() == 3) break;
    out += ", " + in_words(process["name"]) + " " + bytes_text(process["memory"].number_or(0)) + " " +
           in_words(process["cpu_percent"]) + " %";
  }
  return in_words(answer["count"]) + " processes" + out;
}

// ---- host.sockets

Task<Result<Value>> read_sockets(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(count, count_of(args));
  Argv argv = {"ss", "-H", "-n", "-a", "-t", "-u"};
  const net::SshLimits limits{.output = kLargestList};
  RUNBOOK_CO_TRY(output, co_await hear_host(reach, target, std::move(argv), limits));
  RUNBOOK_CO_TRY(sockets, at_host(target, parse_sockets(output.out, count)));
  sockets["complete"] = !output.cut;
  co_return sockets;
}

std::string of_sockets(const Value& answer) {
  std::string out = in_words(answer["connections"]) + " connections";
  const auto& ports = answer["ports"].items();
  if (!ports.empty()) out += ", most to port " + in_words(ports[0]["port"]) + ": " + in_words(ports[0]["connections"]);
  return out;
}

// ---- host.firewall

Task<Result<Value>> read_firewall(Reach& reach, const Target& target, const Value& /*args*/) {
  Argv argv = {"ufw", "status", "numbered"};
  RUNBOOK_CO_TRY(text, co_await ask_host(reach, target, std::move(argv)));
  co_return at_host(target, parse_ufw(text));
}

std::string of_firewall(const Value& answer) {
  return answer["active"].bool_or(false) ? std::to_string(answer["rules"].items().size()) + " rules" : "not active";
}

constexpr auto kSorts = std::to_array<std::string_view>({"memory", "cpu"});
constexpr ArgSpec kCount = {"count", ArgType::kNumber, false, "at most so many; 20 unless said, at most 200", "10"};
constexpr ArgSpec kLargestArgs[] = {
    {"path", ArgType::kText, true, "the folder, absolute", "/var"},
    {"depth", ArgType::kNumber, false, "how many folders down to tell of; 1 unless said, at most 9", "3"},
    kCount};
constexpr ArgSpec kProcessArgs[] = {{"sort", ArgType::kText, false, "by what; memory unless said", "cpu", kSorts},
                                    kCount};
constexpr ArgSpec kSocketArgs[] = {kCount};

const ReadRow kRows[] = {
    {"host.largest", "ssh", kLargestArgs, "What takes the most room in a folder, on the disk that it is on.",
     "{path, total, largest = list of {path, bytes}, the largest first, files and folders with all that is in them; "
     "unread = how many folders could not be looked into; complete}: bytes on the disk; error timeout when it takes "
     "more than 15 s",
     read_largest, "{client} du -x -h {-d depth} {path}", of_largest},
    {"host.processes", "ssh", kProcessArgs, "What runs, and which of it takes the most.",
     "{count of all, processes = list of {pid, parent, user, memory in bytes, cpu_percent (100 is one processor, over "
     "its life), up_seconds, name, command}}, the most first",
     read_processes, "{client} ps aux", of_processes},
    {"host.sockets", "ssh", kSocketArgs, "Where it listens, and how many connections there are.",
     "{listening = list of {protocol, address, port, waiting (to be accepted), backlog}, connections, states = count "
     "by state (ESTAB, TIME-WAIT …), ports = list of {port, connections, states} of those that it listens on, peers = "
     "list of {address, connections} on the other side of them, complete}: the busiest first",
     read_sockets, "{client} ss -ant", of_sockets},
    {"host.firewall",
     "ssh",
     {},
     "What ufw lets through; it wants to be asked by root.",
     "{active, rules = list of {number, to, action (\"ALLOW IN\"), from, v6, comment}}; error not_found when the host "
     "has no ufw",
     read_firewall,
     "{client} ufw status numbered",
     of_firewall},
};

}  // namespace

std::span<const ReadRow> host_usage_rows() { return kRows; }

}  // namespace runbook::primitive

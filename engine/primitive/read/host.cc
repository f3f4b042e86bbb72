// Readers of a host, over SSH: what it carries and how it is doing. Each runs one or two commands that only look
// (guard/readonly_commands.toml).
#include "base/hash.h"
#include "base/text.h"
#include "primitive/read/ask_host.h"
#include "primitive/read/host_output.h"
#include "primitive/read/read_rows.h"
#include "primitive/read/redis_reply.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

using guard::Argv;
using safety::ArgSpec;
using safety::ArgType;
using safety::in_words;
using safety::ReadRow;
using safety::Target;

// ---- host.exec_read

Argv argv_of(const Value& args) {
  Argv argv;
  for (const auto& word : args["argv"].items()) argv.emplace_back(word.text_or(""));
  return argv;
}

Task<Result<Value>> read_exec(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(output, co_await run_on_host(reach, target, argv_of(args)));
  Value out = Value::Map{{"stdout", output.out}, {"stderr", output.err}, {"cut", output.cut}};
  if (output.status) out["exit_code"] = *output.status;
  if (!output.signal.empty()) out["signal"] = output.signal;
  co_return out;
}

std::string of_exec(const Value& answer) {
  const auto said = trim(answer["stdout"].text_or(""));
  const auto end = answer["signal"].is_null() ? "exit code " + in_words(answer["exit_code"])
                                              : "ended by signal " + in_words(answer["signal"]);
  return end + (said.empty() ? "" : ": " + std::string(said.substr(0, said.find('\n'))));
}

// ---- host.state

constexpr std::size_t kShownState = 1024;

Task<Result<Value>> read_state(Reach& reach, const Target& target, const Value& args) {
  if (args["argv"].is_null()) co_return Value();
  RUNBOOK_CO_TRY(output, co_await run_on_host(reach, target, argv_of(args)));
  Value out = Value::Map{};
  if (output.status) out["exit_code"] = *output.status;
  const auto said = trim(output.out);
  if (said.size() <= kShownState)
    out["stdout"] = said;
  else
    out["sha256"] = sha256(output.out);
  co_return out;
}

// ---- host.load

Task<Result<Value>> read_load(Reach& reach, const Target& target, const Value& /*args*/) {
  Argv average = {"cat", "/proc/loadavg"};
  Argv count = {"nproc"};
  RUNBOOK_CO_TRY(text, co_await ask_host(reach, target, std::move(average)));
  RUNBOOK_CO_TRY(load, at_host(target, parse_loadavg(text)));
  RUNBOOK_CO_TRY(processors, co_await ask_host(reach, target, std::move(count)));
  load["processors"] = number_or_text(trim(processors));
  co_return load;
}

std::string of_load(const Value& answer) {
  return in_words(answer["one"]) + ", " + in_words(answer["five"]) + ", " + in_words(answer["fifteen"]) + " on " +
         in_words(answer["processors"]) + (answer["processors"].number_or(0) == 1 ? " processor" : " processors");
}

// ---- host.memory

Task<Result<Value>> read_memory(Reach& reach, const Target& target, const Value& /*args*/) {
  Argv argv = {"cat", "/proc/meminfo"};
  RUNBOOK_CO_TRY(text, co_await ask_host(reach, target, std::move(argv)));
  co_return at_host(target, parse_meminfo(text));
}

std::string of_memory(const Value& answer) {
  const auto swap = answer["swap_used"].number_or(0);
  return bytes_text(answer["used"].number_or(0)) + " of " + bytes_text(answer["total"].number_or(0)) + " used (" +
         in_words(answer["used_percent"]) + " %)" + (swap > 0 ? ", swap " + bytes_text(swap) : "");
}

// ---- host.disk

Task<Result<Value>> read_disk(Reach& reach, const Target& target, const Value& args) {
  Argv argv = {"df", "-P", "-B", "1", "-T"};
  const auto path = args["path"].text_or("");
  if (path.empty()) {
    argv.insert(argv.end(), {"-l", "-x", "tmpfs", "-x", "devtmpfs", "-x", "overlay", "-x", "squashfs"});
  } else {
    argv.emplace_back(path);
  }
  RUNBOOK_CO_TRY(text, co_await ask_host(reach, target, std::move(argv)));
  RUNBOOK_CO_TRY(disks, at_host(target, parse_df(text)));
  if (path.empty()) co_return disks;
  if (disks.items().size() != 1) co_return Error{Code::kProtocol, "df did not tell of one disk", target.name};
  co_return disks.items()[0];
}

std::string of_one_disk(const Value& disk) {
  return in_words(disk["mount"]) + " " + in_words(disk["percent"]) + " % (" +
         bytes_text(disk["available"].number_or(0)) + " left)";
}

std::string of_disk(const Value& answer) {
  if (answer.as_list() == nullptr) return of_one_disk(answer);
  std::string out;
  for (const auto& disk : answer.items()) out += (out.empty() ? "" : ", ") + of_one_disk(disk);
  return out.empty() ? "no disk" : out;
}

// ---- host.unit

constexpr std::string_view kProperties =
    "Id,Description,LoadState,ActiveState,SubState,UnitFileState,Result,MainPID,NRestarts,ExecMainStatus,ExecMainCode,"
    "ActiveEnterTimestamp,InactiveEnterTimestamp,InvocationID,MemoryCurrent,Type,RemainAfterExit,"
    "StateChangeTimestampMonotonic";

Value of_properties(const Value& said) {
  const auto text = [&](const char* property) { return std::string(said[property].text_or("")); };
  Value out = Value::Map{{"name", text("Id")},
                         {"description", text("Description")},
                         {"load", text("LoadState")},
                         {"active", text("ActiveState")},
                         {"sub", text("SubState")},
                         {"enabled", text("UnitFileState")},
                         {"result", text("Result")},
                         {"pid", number_or_text(text("MainPID"))},
                         {"restarts", number_or_text(text("NRestarts"))},
                         {"exit_code", number_or_text(text("ExecMainStatus"))},
                         {"since", text("ActiveEnterTimestamp")},
                         {"invocation", text("InvocationID")},
                         {"once", text("Type") == "oneshot" && text("RemainAfterExit") != "yes"},
                         {"changed", number_or_text(text("StateChangeTimestampMonotonic"))}};
  const auto memory = number_or_text(text("MemoryCurrent"));
  if (memory.as_number() != nullptr) out["memory"] = memory;
  return out;
}

Task<Result<Value>> read_unit(Reach& reach, const Target& target, const Value& args) {
  const auto name = std::string(args["unit"].text_or(""));
  Argv argv = {"systemctl", "show", "-p", std::string(kProperties), "--no-pager", name};
  RUNBOOK_CO_TRY(text, co_await ask_host(reach, target, std::move(argv)));
  const auto unit = of_properties(parse_properties(text));
  if (unit["load"].text_or("") == "not-found")
    co_return Error{Code::kNotFound, "the host has no unit " + escaped(name, 60), target.name};
  co_return unit;
}

std::string of_unit(const Value& answer) {
  const auto since = in_words(answer["since"]);
  return in_words(answer["active"]) + " (" + in_words(answer["sub"]) + ")" +
         (answer["since"].text_or("").empty() ? "" : " since " + since) +
         (answer["restarts"].number_or(0) > 0 ? ", restarted " + in_words(answer["restarts"]) + " times" : "");
}

constexpr ArgSpec kExecArgs[] = {
    {"argv", ArgType::kArgv, true, "the command and its arguments, each a text of its own", "df -h /var"}};
constexpr ArgSpec kStateArgs[] = {{"argv", ArgType::kArgv, false,
                                   "a command that only looks; without it nothing is asked, and nothing told",
                                   "cat /srv/app/maintenance"}};
constexpr ArgSpec kDiskArgs[] = {
    {"path", ArgType::kText, false, "the disk that this path is on; all local disks unless said", "/var/lib/redis"}};
constexpr ArgSpec kUnitArgs[] = {{"unit", ArgType::kText, true, "its name, with or without .service", "redis-server"}};

const ReadRow kRows[] = {
    {"host.exec_read", "ssh", kExecArgs,
     "What a command of the host says; refused for all but a reviewed list of commands that only look.",
     "{exit_code, signal, stdout, stderr, cut}: at most 1 MiB of each; signal when one ended it", read_exec,
     "{client} {argv}", of_exec},
    {"host.state", "ssh", kStateArgs, "What a change on a host is compared by: what a command says that only looks.",
     "{exit_code, stdout}: without blanks at its ends; above 1 KiB sha256 in the place of stdout", read_state,
     "{client} {argv}"},
    {"host.load",
     "ssh",
     {},
     "How many processes want to run, averaged over 1, 5 and 15 minutes.",
     "{one, five, fifteen, running, processes, processors}",
     read_load,
     "{client} cat /proc/loadavg",
     of_load},
    {"host.memory",
     "ssh",
     {},
     "Memory and swap.",
     "{total, used, used_percent, available, free, buffers, cached, swap_total, swap_used, swap_free} in bytes",
     read_memory,
     "{client} free",
     of_memory},
    {"host.disk", "ssh", kDiskArgs, "How full its disks are.",
     "{device, type, mount, size, used, available, percent} in bytes: of the disk with that path, else a list of all",
     read_disk, "{client} df -h", of_disk},
    {"host.unit", "ssh", kUnitArgs, "What systemd says of a unit.",
     "{name, description, load, active, sub, enabled, result, pid, restarts, exit_code, since, invocation, memory, "
     "once, changed}: once, it does its work and ends; changed, microseconds of the host's uptime when its state last "
     "changed; error not_found when there is no such unit",
     read_unit, "{client} systemctl status {unit}", of_unit},
};

}  // namespace

std::span<const ReadRow> host_rows() { return kRows; }

}  // namespace runbook::primitive

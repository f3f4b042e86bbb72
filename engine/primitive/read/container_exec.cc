// Readers that run a command inside a container: one that looks, word for word from two lists, never shell text
// (docs/decisions/021).
#include <cmath>

#include "base/json.h"
#include "base/text.h"
#include "net/probe.h"
#include "primitive/read/ask_docker.h"
#include "primitive/read/command_output.h"
#include "primitive/read/container_effect.h"
#include "primitive/read/docker_values.h"
#include "primitive/read/knock.h"
#include "primitive/read/read_rows.h"
#include "primitive/read/redis_reply.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::in_words;
using safety::ReadRow;
using safety::Target;

constexpr int kNotFoundInside = 127;
constexpr int kCannotRunInside = 126;

struct Ran {
  int exit_code = 0;
  CommandOutput said{};

  // What the runtime says in the place of a program that the image does not have.
  [[nodiscard]] bool is_missing() const {
    return (exit_code == kNotFoundInside || exit_code == kCannotRunInside) &&
           (said.out + said.err).find("OCI runtime exec failed") != std::string::npos;
  }
};

Error at(const Target& target, Error error) {
  if (error.where.empty()) error.where = target.name;
  return error;
}

Task<Result<Ran>> run_inside(Reach& reach, const Target& target, Value::List argv) {
  net::DockerRequest create{.method = "POST", .path = container_path(target, "exec")};
  create.body = to_json(Value::Map{{"AttachStderr", true}, {"AttachStdout", true}, {"Cmd", std::move(argv)}});
  RUNBOOK_CO_TRY(created, co_await ask_docker(reach, target, std::move(create)));
  RUNBOOK_CO_TRY(id, command_id(target, created.body));
  net::DockerRequest start{.method = "POST", .path = "/exec/" + id + "/start", .body = std::string(kStartBody)};
  start.limits.body = kLargestOutput;
  RUNBOOK_CO_TRY(stream, co_await ask_docker(reach, target, std::move(start)));
  RUNBOOK_CO_TRY(outcome, co_await command_outcome(reach, target, id));
  auto said = command_output(stream.body);
  if (!said) co_return at(target, std::move(said).error());
  co_return Ran{.exit_code = static_cast<int>(std::as_const(outcome)["exit_code"].number_or(-1)),
                .said = std::move(*said)};
}

Task<Result<Value>> read_exec(Reach& reach, const Target& target, const Value& args) {
  std::vector<std::string> argv;
  for (const auto& word : args["argv"].items()) argv.emplace_back(word.text_or(""));
  if (!is_container_read(argv)) {
    co_return Error{Code::kRefused,
                    "container.exec_read runs only commands that are known to look, not " +
                        (argv.empty() ? std::string("nothing") : escaped(argv[0], 40) + (argv.size() > 1 ? " …" : "")),
                    target.name,
                    "cat of files under /proc and /sys/fs/cgroup that tell of load and limits, df, ls, ps, redis-cli "
                    "with commands that read"};
  }
  Value::List words(argv.begin(), argv.end());
  RUNBOOK_CO_TRY(ran, co_await run_inside(reach, target, std::move(words)));
  if (ran.is_missing()) co_return Error{Code::kNotFound, "its image has no " + escaped(argv[0], 40), target.name};
  co_return Value(Value::Map{{"exit_code", ran.exit_code}, {"stdout", ran.said.out}, {"stderr", ran.said.err}});
}

// ---- container.exec_state

Task<Result<Value>> read_exec_state(Reach& reach, const Target& target, const Value& args) {
  auto path = container_path(target, "json");
  RUNBOOK_CO_TRY(answer, co_await ask_docker_json(reach, target, std::move(path)));
  const auto state = container_state(answer.value, 0);
  Value out = Value::Map{};
  for (const auto* key : {"id", "name", "started", "running"}) out[key] = state.at(key);
  if (const auto& id = args["exec"]; !id.is_null()) {
    // The engine answers a start before it begins the command (moby: postContainerExecStart takes over the connection,
    // then calls ContainerExecStart), and a request that was cut off may still be under way to it. So "not started"
    // counts only when it stays so.
    std::string command(id.text_or(""));
    RUNBOOK_CO_TRY(outcome, co_await command_outcome_past(reach, target, std::move(command), "not_started"));
    out["exec"] = outcome;
  }
  co_return out;
}

// ---- container.can_reach

// A container on the host's network, of an engine on this machine, sees what we see.
bool sees_what_we_see(const Value& inspect, const Target& target) {
  return inspect["HostConfig"]["NetworkMode"].text_or("") == "host" && target.url.starts_with("unix://");
}

Task<Result<Value>> read_can_reach(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(where, knocked_at(args["target"]));
  auto path = container_path(target, "json");
  RUNBOOK_CO_TRY(answer, co_await ask_docker_json(reach, target, std::move(path)));
  const auto& inspect = std::as_const(answer.value);
  if (!inspect["State"]["Running"].bool_or(false))
    co_return Error{Code::kNotFound, "it does not run, so it reaches nothing", target.name};
  if (sees_what_we_see(inspect, target)) {
    const auto probed = co_await net::probe_connect(reach.loop(), where, kKnock);
    co_return reached(probed.has_value(), "the host's network, which it shares", where,
                      probed ? std::string() : probed.error().message);
  }
  const auto words = knock_words(where);
  for (const bool with_busybox : {false, true}) {
    Value::List argv(words.begin(), words.end());
    if (with_busybox) argv.insert(argv.begin(), Value("busybox"));
    RUNBOOK_CO_TRY(ran, co_await run_inside(reach, target, std::move(argv)));
    const auto said = ran.said.err + ran.said.out;
    if (ran.is_missing() || knows_no_knock(ran.exit_code, said)) continue;
    co_return reached(ran.exit_code == 0, "nc inside the container", where, said);
  }
  co_return Error{Code::kNotFound, "cannot tell: its image has no nc that can try it", target.name,
                  "ask the service itself, by its health route, whether it reaches " + where.text()};
}

std::string of_exec(const Value& answer) {
  const auto said = trim(answer["stdout"].text_or(""));
  return "exit code " + in_words(answer["exit_code"]) +
         (said.empty() ? "" : ": " + std::string(said.substr(0, said.find('\n'))));
}

constexpr ArgSpec kExecArgs[] = {
    {"argv", ArgType::kArgv, true, "the command and its arguments, each a text of its own", "cat /proc/meminfo"}};
constexpr ArgSpec kStateArgs[] = {{"exec", ArgType::kText, false, "the id that docker gave to a command", "3f2a9c"}};
constexpr ArgSpec kReachArgs[] = {{"target", ArgType::kTarget, true, "what it should reach", "arg.redis"}};

const ReadRow kRows[] = {
    {"container.exec_read", "container", kExecArgs,
     "What a command inside it says; refused for all but a short list of commands that only look.",
     "{exit_code, stdout, stderr}: at most 1 MiB; error not_found when its image has no such program", read_exec,
     "{client} exec {container} {argv}", of_exec},
    {"container.exec_state", "container", kStateArgs,
     "Which run of a container this is and, given the id of a command, what became of that command in it.",
     "{id, name, started, running, exec}: exec is {status, exit_code}, its status not_started, running or exited; "
     "error not_found when the engine does not know the command any more",
     read_exec_state, "{client} inspect {container}"},
    {"container.can_reach", "container", kReachArgs,
     "Whether the container can open a connection to a target, where that target's clients see it.",
     "{reachable, address, how, why}: how it was tried; why not; error not_found when that cannot be told",
     read_can_reach, "{client} exec {container} nc -z -v -w 3 {target}", of_reach},
};

}  // namespace

std::span<const ReadRow> container_exec_rows() { return kRows; }

}  // namespace runbook::primitive

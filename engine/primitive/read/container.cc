// Readers of a container: what it is, what it says, what it uses. One request each, to the engine that runs it.
#include "base/text.h"
#include "primitive/read/ask_docker.h"
#include "primitive/read/docker_lists.h"
#include "primitive/read/docker_values.h"
#include "primitive/read/log_lines.h"
#include "primitive/read/read_rows.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::in_words;
using safety::ReadRow;
using safety::Target;

constexpr double kShownByDefault = 200;
constexpr double kMostShown = 5000;
constexpr double kMostCounted = 20'000;
constexpr std::size_t kLargestLog = 48U << 20U;
constexpr std::size_t kMostPatterns = 20;
constexpr std::size_t kShortImage = 19;  // "sha256:" and twelve digits

Task<Result<Value>> read_state(Reach& reach, const Target& target, const Value& /*args*/) {
  auto path = container_path(target, "json");
  RUNBOOK_CO_TRY(answer, co_await ask_docker_json(reach, target, std::move(path)));
  co_return Value(container_state(answer.value, answer.now_ms));
}

Task<Result<Value>> read_env(Reach& reach, const Target& target, const Value& args) {
  auto path = container_path(target, "json");
  RUNBOOK_CO_TRY(answer, co_await ask_docker_json(reach, target, std::move(path)));
  auto environment = hidden_environment(std::as_const(answer.value)["Config"]["Env"]);
  const auto* key = args["key"].as_text();
  if (key == nullptr) co_return Value(std::move(environment));
  const auto found = environment.find(*key);
  if (found != environment.end()) co_return found->second;
  co_return Error{Code::kNotFound, "its environment has no " + escaped(*key, 60), target.name};
}

Task<Result<Value>> read_stats(Reach& reach, const Target& target, const Value& /*args*/) {
  auto path = container_path(target, "stats?stream=false");
  RUNBOOK_CO_TRY(answer, co_await ask_docker_json(reach, target, std::move(path)));
  co_return Value(container_stats(answer.value));
}

Task<Result<Value>> read_top(Reach& reach, const Target& target, const Value& /*args*/) {
  auto path = container_path(target, "top");
  RUNBOOK_CO_TRY(answer, co_await ask_docker_json(reach, target, std::move(path)));
  co_return Value(process_list(answer.value));
}

Task<Result<Value>> read_diff(Reach& reach, const Target& target, const Value& /*args*/) {
  auto path = container_path(target, "changes");
  RUNBOOK_CO_TRY(answer, co_await ask_docker_json(reach, target, std::move(path)));
  co_return Value(file_changes(answer.value));
}

Task<Result<Value>> read_previous_image(Reach& reach, const Target& target, const Value& /*args*/) {
  auto path = container_path(target, "json");
  RUNBOOK_CO_TRY(inspect, co_await ask_docker_json(reach, target, std::move(path)));
  std::string list = "/images/json?all=0&digests=1";
  RUNBOOK_CO_TRY(images, co_await ask_docker_json(reach, target, std::move(list)));
  co_return Value(images_beside(inspect.value, images.value));
}

// ---- container.logs

Result<LogQuestion> log_question(const Value& args, double now_ms) {
  LogQuestion question{.to_ms = now_ms};
  const auto show = args["tail"].number_or(kShownByDefault);
  if (!(show >= 0) || show > kMostShown)
    return Error{Code::kUsage, "container.logs: tail wants a number from 0 to 5000"};
  question.show = static_cast<std::size_t>(show);
  for (const auto& pattern : args["match"].items()) question.patterns.emplace_back(pattern.text_or(""));
  if (question.patterns.size() > kMostPatterns)
    return Error{Code::kUsage, "container.logs counts at most 20 patterns at a time"};
  if (!args["since"].is_null()) {
    RUNBOOK_TRY(since, docker_moment("container.logs", args, "since", now_ms));
    question.from_ms = since;
  }
  if (!args["before"].is_null()) {
    RUNBOOK_TRY(until, docker_moment("container.logs", args, "before", now_ms));
    question.to_ms = until;
  }
  question.asked = static_cast<std::size_t>(question.from_ms ? kMostCounted : std::max(show, 1.0));
  return question;
}

std::string logs_query(const LogQuestion& question, const Value& args) {
  std::string query = "logs?stdout=1&stderr=1&timestamps=1&tail=" + std::to_string(question.asked);
  if (question.from_ms) query += "&since=" + seconds_text(*question.from_ms);
  if (!args["before"].is_null()) query += "&until=" + seconds_text(question.to_ms);
  return query;
}

Task<Result<Value>> read_logs(Reach& reach, const Target& target, const Value& args) {
  auto path = container_path(target, "json");
  RUNBOOK_CO_TRY(answer, co_await ask_docker_json(reach, target, std::move(path)));
  const auto& inspect = std::as_const(answer.value);
  if (inspect["HostConfig"]["LogConfig"]["Type"].text_or("") == "none") {
    co_return Error{Code::kNotFound, "docker keeps no log of it: its log driver is none", target.name,
                    "whatever it said is lost; look where it writes its own log"};
  }
  RUNBOOK_CO_TRY(question, log_question(args, answer.now_ms));
  net::DockerRequest request{.path = container_path(target, logs_query(question, args))};
  request.limits.body = kLargestLog;
  auto log = co_await ask_docker(reach, target, std::move(request));
  if (!log && log.error().code == Code::kLimit) {
    co_return Error{Code::kLimit, "its log is larger than " + bytes_text(static_cast<double>(kLargestLog)), target.name,
                    "ask for less: a smaller tail, or a later since"};
  }
  if (!log) co_return log.error();
  auto report = log_report(log->body, inspect["Config"]["Tty"].bool_or(false), question);
  if (report) co_return report;
  auto error = std::move(report).error();
  error.where = target.name;
  co_return error;
}

// ---- in one line

// A container: "running, healthy, restarted 3 times", "exited with 137, out of memory".
std::string of_container(const Value& state) {
  auto out = in_words(state["status"]);
  if (!state["running"].bool_or(false)) out += " with " + in_words(state["exit_code"]);
  if (state["oom_killed"].bool_or(false))
    out += state["running"].bool_or(false) ? ", was killed for its memory before" : ", out of memory";
  if (const auto& health = state["health"]; !health.is_null()) out += ", " + in_words(health["status"]);
  const auto restarts = state["restarts"].number_or(0);
  if (restarts > 0) out += ", restarted " + in_words(state["restarts"]) + (restarts == 1 ? " time" : " times");
  return out + ", " + in_words(state["image"]);
}

std::string of_logs(const Value& logs) {
  auto out = in_words(logs["count"]) + (logs["complete"].bool_or(true) ? " lines, " : " lines of more, ") +
             in_words(logs["stderr"]) + " on stderr";
  const auto& matches = logs["matches"].members();
  bool found_any = matches.empty();
  for (const auto& [text, found] : matches) {
    if (found["count"].number_or(0) == 0) continue;
    out += ", " + in_words(found["count"]) + " × " + text;
    found_any = true;
  }
  return found_any ? out : out + ", nothing of what is looked for";
}

std::string of_stats(const Value& stats) {
  return in_words(stats["cpu_percent"]) + " % of a processor, " + bytes_text(stats["memory_used"].number_or(0)) +
         " of " + bytes_text(stats["memory_limit"].number_or(0)) + ", " + in_words(stats["pids"]) + " processes";
}

std::string of_image(const Value& image) {
  const auto& tags = image["tags"].items();
  return tags.empty() ? in_words(image["id"]).substr(0, kShortImage) : in_words(tags.front());
}

std::string of_previous_image(const Value& images) {
  const auto& previous = images["previous"];
  return of_image(images["current"]) +
         (previous.is_null() ? ", nothing older of its repository" : ", before it " + of_image(previous));
}

std::string of_processes(const Value& answer) { return in_words(answer["count"]) + " processes"; }

std::string of_diff(const Value& answer) {
  const auto count = [&](const char* list) { return std::to_string(answer[list].items().size()) + " " + list; };
  return count("added") + ", " + count("changed") + ", " + count("deleted");
}

constexpr ArgSpec kEnvArgs[] = {{"key", ArgType::kText, false, "one variable by its name", "DATABASE_URL"}};
constexpr ArgSpec kLogArgs[] = {
    {"tail", ArgType::kNumber, false, "how many lines to give, the last ones: 200 unless said, at most 5000", "500"},
    {"since", ArgType::kText, false, "count the lines from then on, at most 20000: \"10m\" ago, or a time in UTC",
     "10m"},
    {"before", ArgType::kText, false, "and up to then", "2026-11-21T12:40:00Z"},
    {"match", ArgType::kArgv, false, "texts to count, without regard to case; * stands for anything", "error panic*"}};

const ReadRow kRows[] = {
    {"container.state",
     "container",
     {},
     "What docker says of the container: its state, its health, its settings.",
     "{status, running, paused, ready (runs, and is healthy where it has a health check), exit_code, oom_killed, "
     "error, restarts, health = {status, failing, last = list of "
     "{at, exit_code, output}}, started, finished, created, up_seconds, age_seconds (since created), pid, id, image, "
     "image_id, command, env_keys, "
     "labels, mounts, ports, networks, network_mode, memory_limit, memory_swap_limit, cpus, restart_policy, "
     "auto_remove, "
     "log_driver, tty}: times as UTC text, limits in bytes and processors, 0 for none (swap with memory, -1 for none); "
     "env_keys = {NAME = true}",
     read_state,
     "{client} inspect {container}",
     of_container},
    {"container.env", "container", kEnvArgs, "Its environment; no value is ever shown, but two can be compared.",
     "by name what stands for the value: ‹secret:NAME› for a declared secret, else ‹redacted:1›, the same for the same "
     "value, so same_secret tells whether two are equal; empty text for an empty one; with key one of them, error "
     "not_found when it is not set",
     read_env, "{client} exec {container} env | cut -d= -f1"},
    {"container.logs", "container", kLogArgs, "The end of its log, and how often what is in it.",
     "{lines = list of {at, stream, text}, count, stdout, stderr, per_minute, matches = by text {count, per_minute, "
     "first, last, example}, from, to, complete}: counts are of all lines that were looked through, which were all "
     "there are when complete; error not_found when the log driver is none",
     read_logs, "{client} logs --timestamps {--tail tail} {--since since} {--until before} {container}", of_logs},
    {"container.stats",
     "container",
     {},
     "What it uses right now, nothing when it does not run; takes a second or two.",
     "{cpu_percent, cpus, throttled_periods, memory_used, memory_limit, memory_percent, pids, pids_limit, read_bytes, "
     "written_bytes, received_bytes, sent_bytes}: sizes in bytes, 100 % is one processor",
     read_stats,
     "{client} stats --no-stream {container}",
     of_stats},
    {"container.top",
     "container",
     {},
     "The processes in it, with the commands that started them.",
     "{count, processes = list of {UID, PID, PPID, C, STIME, TTY, TIME, CMD}}: texts as ps prints them, at most 500; "
     "error remote when it does not run",
     read_top,
     "{client} top {container}",
     of_processes},
    {"container.diff",
     "container",
     {},
     "Which files in it are not as its image has them.",
     "{count, added, changed, deleted = lists of paths}: at most 500 of each",
     read_diff,
     "{client} diff {container}",
     of_diff},
    {"container.previous_image",
     "container",
     {},
     "What it may have run before: the images of the same repository that the engine still has.",
     "{repository, current, previous, others}, each image {tags, digests, id, created, bytes, labels}: previous is the "
     "newest that is older than the current one, nil when there is none; others has the newest first",
     read_previous_image,
     "{client} images --digests",
     of_previous_image},
};

}  // namespace

std::span<const ReadRow> container_rows() { return kRows; }

}  // namespace runbook::primitive

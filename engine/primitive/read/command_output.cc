#include "primitive/read/command_output.h"

#include <chrono>

#include "base/json.h"
#include "net/docker_frames.h"
#include "net/wait.h"
#include "primitive/read/ask_docker.h"

namespace runbook::primitive {

namespace {

constexpr std::chrono::seconds kUntilSettled{3};
constexpr std::chrono::milliseconds kBetweenLooks{50};

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

Result<CommandOutput> command_output(std::string_view stream) {
  CommandOutput output;
  if (stream.starts_with("OCI runtime exec failed")) {
    output.out = stream;
    return output;
  }
  net::DockerFrames frames([&](net::DockerStream which, std::string_view piece) {
    (which == net::DockerStream::kStderr ? output.err : output.out) += piece;
  });
  RUNBOOK_CHECK(frames.feed(stream));
  RUNBOOK_CHECK(frames.end());
  return output;
}

Result<std::string> command_id(const safety::Target& target, std::string_view answer) {
  const auto json = parse_json(answer);
  auto id = std::string(json ? std::as_const(*json)["Id"].text_or("") : "");
  if (is_id(id)) return id;
  return Error{.code = Code::kProtocol, .message = "the daemon gave no id for the command", .where = target.name};
}

Task<Result<Value>> command_outcome(Reach& reach, const safety::Target& target, std::string_view id) {
  if (!is_id(id)) co_return Error{.code = Code::kUsage, .message = "that is no id of a command", .where = target.name};
  auto path = "/exec/" + std::string(id) + "/json";
  auto answer = co_await ask_docker_json(reach, target, std::move(path));
  if (!answer && answer.error().code == Code::kNotFound) {
    auto error = std::move(answer).error();
    error.message =
        "the engine does not know the command any more: it forgets one some minutes after it ended, and all of them "
        "when it starts anew";
    co_return error;
  }
  if (!answer) co_return std::move(answer).error();
  const auto& said = std::as_const(answer->value);
  const bool running = said["Running"].bool_or(false);
  const auto& code = said["ExitCode"];
  const auto* status = running ? "running" : code.is_null() ? "not_started" : "exited";
  Value outcome = Value::Map{{"status", status}};
  if (!running && !code.is_null()) outcome["exit_code"] = code;
  co_return outcome;
}

Task<Result<Value>> command_outcome_past(Reach& reach, const safety::Target& target, std::string id,
                                         std::string_view status) {
  const auto until = std::chrono::steady_clock::now() + kUntilSettled;
  for (;;) {
    RUNBOOK_CO_TRY(outcome, co_await command_outcome(reach, target, id));
    const bool past = std::as_const(outcome)["status"].text_or("") != status;
    if (past || std::chrono::steady_clock::now() >= until) co_return std::move(outcome);
    co_await net::wait(reach.loop(), kBetweenLooks);
  }
}

}  // namespace runbook::primitive

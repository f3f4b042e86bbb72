// Running a command inside a container: made, written down, started, and asked about.
#include <chrono>

#include "base/json.h"
#include "primitive/change/appliers.h"
#include "primitive/change/docker_calls.h"
#include "primitive/read/command_output.h"

namespace runbook::primitive {

namespace {

using guard::Permit;
using safety::Change;
using safety::Ready;
using safety::Sent;
using safety::Target;

// `id` and `within` belong to the frame of the coroutine: whoever begins it may be gone when it goes on.
Task<Result<Sent>> begin(Reach& reach, const Target& target, const Permit& permit, std::string id,
                         std::chrono::seconds within) {
  net::DockerRequest start{.method = "POST", .path = "/exec/" + id + "/start", .body = permit.sends().at(1).at(2)};
  start.limits.idle = start.limits.total = within;
  start.limits.body = kLargestOutput;
  const auto stream = co_await send_to_docker(reach, target, std::move(start), permit);
  // Its output may be over a moment before the daemon knows that it ended.
  const auto outcome = co_await command_outcome_past(reach, target, id, "running");
  if (!outcome) co_return stream ? outcome.error() : stream.error();
  const auto status = (*outcome)["status"].text_or("");
  if (status == "running") {
    co_return Error{.code = Code::kInDoubt,
                    .message = "it still runs" + (stream ? std::string() : ": " + stream.error().message),
                    .where = target.name,
                    .next = "docker cannot stop a command; runbook resume tells later how it ended"};
  }
  if (status == "not_started")
    co_return stream ? Error{.code = Code::kInDoubt, .message = "it did not start", .where = target.name}
                     : stream.error();
  Sent sent;
  if (stream) {
    RUNBOOK_CO_TRY(output, command_output(stream->body));
    sent.said = output.out + output.err;
  } else {
    sent.said = stream.error().message;
  }
  const auto& code = (*outcome)["exit_code"];
  if (code != Value(0)) sent.failure = "it ended with exit code " + to_json(code);
  co_return sent;
}

Task<Result<Ready>> make_ready(Reach& reach, const Target& target, const Change& change, const Permit& permit) {
  RUNBOOK_CO_TRY(made, co_await send_to_docker(reach, target, permit.sends().front(), permit));
  RUNBOOK_CO_TRY(id, command_id(target, made.body));
  const std::chrono::seconds within(static_cast<int>(change.args["within"].number_or(60)));
  co_return Ready{.handle = Value::Map{{"exec", id}},
                  .begin = [&reach, &target, &permit, id, within] { return begin(reach, target, permit, id, within); }};
}

}  // namespace

std::vector<safety::Applier> container_exec_appliers(Reach& reach) {
  return {{.row = "container.exec",
           .make_ready = [&reach](const Target& target, const Change& change, const Permit& permit) {
             return make_ready(reach, target, change, permit);
           }}};
}

}  // namespace runbook::primitive

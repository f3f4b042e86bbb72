// Carrying out changes of a Docker Engine.
#include "base/text.h"
#include "primitive/change/appliers.h"
#include "primitive/change/docker_calls.h"

namespace runbook::primitive {

namespace {

using guard::Permit;
using safety::Change;
using safety::Target;

Task<Result<void>> apply_tag(Reach& reach, const Target& target, const Change& /*change*/, const Permit& permit) {
  RUNBOOK_CO_CHECK(co_await send_to_docker(reach, target, permit.sends().front(), permit));
  co_return Result<void>();
}

// What is gone already needs no removing. What is in use again is left, and the rest goes: each stands for itself.
Task<Result<void>> apply_prune(Reach& reach, const Target& target, const Change& /*change*/, const Permit& permit) {
  std::vector<std::string> kept;
  for (const auto& words : permit.sends()) {
    const auto answer = co_await send_to_docker(reach, target, words, permit);
    if (answer || answer.error().code == Code::kNotFound) continue;
    if (answer.error().code != Code::kRemote) co_return answer.error();
    kept.push_back(escaped(words.at(1), 100) + ": " + answer.error().message);
  }
  if (kept.empty()) co_return Result<void>();
  co_return Error{.code = Code::kRemote,
                  .message = std::to_string(kept.size()) + " of " + std::to_string(permit.sends().size()) +
                             " were not removed; " + join(kept, "; "),
                  .where = target.name};
}

using Apply = Task<Result<void>> (*)(Reach&, const Target&, const Change&, const Permit&);

}  // namespace

std::vector<safety::Applier> docker_appliers(Reach& reach) {
  const auto through = [&reach](Apply apply) {
    return [&reach, apply](const Target& target, const Change& change, const Permit& permit) {
      return apply(reach, target, change, permit);
    };
  };
  return {{.row = "docker.tag", .apply = through(apply_tag)},
          {.row = "docker.untag", .apply = through(apply_tag)},
          {.row = "docker.prune", .apply = through(apply_prune)},
          {.row = "container.remove_kept", .apply = through(apply_prune)}};
}

}  // namespace runbook::primitive

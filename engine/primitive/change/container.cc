// Carrying out changes of a container.
#include "primitive/change/appliers.h"
#include "primitive/change/docker_calls.h"

namespace runbook::primitive {

namespace {

using guard::Permit;
using safety::Change;
using safety::Target;

// One request; that it was so already (304) is told by the state.
Task<Result<void>> apply_one(Reach& reach, const Target& target, const Change& /*change*/, const Permit& permit) {
  const auto answer = co_await send_to_docker(reach, target, permit.sends().front(), permit);
  if (!answer) co_return answer.error();
  co_return Result<void>();
}

}  // namespace

std::vector<safety::Applier> container_appliers(Reach& reach) {
  std::vector<safety::Applier> appliers;
  for (const auto* row :
       {"container.stop", "container.start", "container.pause", "container.unpause", "container.restart",
        "container.kill", "container.memory", "container.cpus", "container.restart_policy", "container.remove"}) {
    appliers.push_back(
        {.row = row, .apply = [&reach](const Target& target, const Change& change, const Permit& permit) {
           return apply_one(reach, target, change, permit);
         }});
  }
  return appliers;
}

}  // namespace runbook::primitive

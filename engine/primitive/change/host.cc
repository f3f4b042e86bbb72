// Carrying out changes of hosts: the commands of the permit, one after the other.
#include "primitive/change/appliers.h"
#include "primitive/change/host_calls.h"

namespace runbook::primitive {

namespace {

using guard::Permit;
using safety::Change;
using safety::Target;

constexpr double kUsualTime = 120;

Task<Result<void>> apply_commands(Reach& reach, const Target& target, const Change& change, const Permit& permit) {
  const std::chrono::seconds within(static_cast<int>(change.args["within"].number_or(kUsualTime)));
  for (std::size_t i = 0; i < change.calls.size(); ++i) {
    const auto& words = permit.sends().at(i);
    RUNBOOK_CO_CHECK(co_await run_in_permit(reach, target, words, permit, within));
  }
  co_return Result<void>();
}

}  // namespace

std::vector<safety::Applier> host_appliers(Reach& reach) {
  std::vector<safety::Applier> out;
  for (const auto* row :
       {"host.run", "host.truncate_log", "unit.restart", "unit.start", "unit.stop", "unit.reload", "unit.run"}) {
    out.push_back({.row = row, .apply = [&reach](const Target& target, const Change& change, const Permit& permit) {
                     return apply_commands(reach, target, change, permit);
                   }});
  }
  return out;
}

}  // namespace runbook::primitive

// A dry run: look, diagnose, and show the plan of every mitigation that answers the first finding.
#pragma once

#include "run/run.h"

namespace runbook::run {

/// `mitigate` names the only mitigation to plan, also one that is not called for; empty for all that answer. The
/// ending's exit is 0 for a dry run that finished; `would_change` tells whether a plan holds a change.
struct DryEnding {
  Ending ending;
  bool would_change = false;
};
Task<Result<DryEnding>> dry_run(Run& run, Asker& asker, const std::string& mitigate);

/// The mitigations that answer a finding and are not forbidden while another is there; in the playbook's order.
std::vector<const Mitigation*> answers_to(const Playbook& book, const Verdict& verdict);
/// Whether what was found calls for this mitigation: it answers the first finding, or buys time while there is one.
bool called_for(const Mitigation& mitigation, const Verdict& verdict);
/// Whether the verdict holds something that this mitigation must not be used with; its name, or nothing.
std::string forbidden_by(const Mitigation& mitigation, const Verdict& verdict);

}  // namespace runbook::run

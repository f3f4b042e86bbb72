// What must be true of the plan and the checks that a mitigation proposed when it was tried out.
#pragma once

#include "lint/rules.h"

namespace runbook::lint {

void check_plan(const Subject& subject, const run::Mitigation& mitigation, Diagnostics& out);

}  // namespace runbook::lint

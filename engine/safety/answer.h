// The door through which what a target says comes in. Reads pass it in the executor that makes them, and what comes
// back of a change passes it here too; so nothing downstream, be it a playbook, evidence, the log or a screen, ever
// holds a secret that a server told (base/redaction/redactor.h; docs/decisions/016).
#pragma once

#include <vector>

#include "base/redaction/redactor.h"
#include "safety/applier.h"
#include "safety/call.h"
#include "safety/row.h"

namespace runbook::safety {

/// The answer as everybody may see it. Of a row whose bytes a way back needs as they are, the answer itself, or
/// kRefused when it holds a declared secret: then it can neither be kept nor restored.
Result<Value> admit_answer(Redactor& redactor, const ReadRow& row, const Call& call, Result<Value> answer);

/// The same appliers, with what targets say, in errors and otherwise, made fit to be seen. The redactor must outlive
/// them.
std::vector<Applier> with_clean_answers(std::vector<Applier> appliers, Redactor& redactor);

}  // namespace runbook::safety

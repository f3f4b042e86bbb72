// Loading a playbook without running it: for list, show, check and doctor.
#pragma once

#include <string>

#include "cli/program.h"
#include "run/playbook.h"

namespace runbook::cli {

/// The shape of a playbook, from a worker that is ended again. Errors as Run::start, but without inputs.
Result<run::Playbook> load_playbook(Program& program, const std::string& book);

}  // namespace runbook::cli

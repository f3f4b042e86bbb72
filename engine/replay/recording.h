// A recorded world made of a run that happened: from its records and its evidence.
#pragma once

#include <filesystem>
#include <span>

#include "replay/recorded_world.h"
#include "safety/evidence.h"
#include "safety/journal.h"

namespace runbook::replay {

/// What the run read and changed, up to its first undo, as a world that will lie at `file`. What it expects is the
/// run's own verdict and mitigation; level and exit are left for a rehearsal to fill in. kNotFound when evidence is no
/// longer there, kAudit when it was altered, kUsage for what is no run of a playbook.
Result<RecordedWorld> world_of_run(std::span<const safety::Record> records, const safety::EvidenceStore& evidence,
                                   const std::filesystem::path& file);

}  // namespace runbook::replay

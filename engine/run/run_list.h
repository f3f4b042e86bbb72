// The runs of the audit log, as `runbook runs` lists them.
//
// A file of the log that is followed by another one does not change any more. What the list needs of it, a fiftieth, is
// kept beside the log, in <state>/runs/NNN.json, when it is first read:
//
//   {"events":[…],"format":1,"hash":…}     `hash`: of the last record of NNN.log
//
// That folder can be thrown away at any time. A file of it counts while its hash is the `prev` of the log's next file;
// what it says is shown to people, and nothing is decided by it: resume and undo read the log.
#pragma once

#include <filesystem>

#include "base/error.h"
#include "base/storage.h"
#include "base/value.h"

namespace runbook::run {

/// The runs of the log, newest first: [{run, playbook, mode, started, status, exit, applied, operator, follows}].
Result<Value> list_runs(Storage& storage, const std::filesystem::path& state);

}  // namespace runbook::run

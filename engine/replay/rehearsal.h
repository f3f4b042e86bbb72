// A rehearsal: a playbook run in a recorded world, through the same phases, the same executor, gate, journal and
// verification as a run. Only what answers and what is changed is recorded; the state directory is in memory (or on a
// disk that a test watches), and the clock jumps where a run would wait. Nothing leaves the process but the worker,
// which is confined as ever.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "replay/replay_executor.h"
#include "run/live_door.h"
#include "run/session.h"

namespace runbook::replay {

/// What all rehearsals of a program have in common.
struct Theatre {
  const run::Config& config;
  std::span<const safety::ReadRow> reads;
  std::span<const safety::ChangeRow> changes;
  run::LiveExecutorMaker live_executor;
  std::filesystem::path worker;
  Storage* disk = nullptr;  // where the state directory /rehearsal is made; none: in memory, anew for each rehearsal
};

/// Where a rehearsal is when something is read.
struct Spot {
  const safety::Item* item = nullptr;  // of the approved plan, whose turn it is; null before and after its items
  bool verifying = false;              // all items are done, and the checks are read
};

/// How the rehearsal departs from the recording, and what its operator does about it.
struct Road {
  std::string name{};
  std::function<std::optional<Error>(const safety::Call&, const Spot&)> read{};  // a read that fails
  std::function<std::optional<Error>(const safety::Change&)> change{};           // a change that is refused
  std::function<void(ReplayedWorld&, const safety::Plan&)> before_gate{};  // what happens while the question stands
  std::string sees{};  // what the operator sees after doing something by hand; empty: what the plan expects
  std::string then{};  // what the operator chooses when something has failed; empty: what an unattended run does
};

struct Rehearsal {
  run::Ending ending;
  std::vector<safety::Record> records;
  std::vector<safety::Call> asked;    // what the evidence, the plans and the checks read
  std::vector<safety::Call> unknown;  // of that, what the recording has no answer to
};

/// Told what happens as it happens: the records, and what goes to stderr.
struct Audience {
  std::function<void(const safety::Record&)> record{};
  std::function<void(const std::string&)> line{};
};

/// The dry run of the playbook at `book`, with the plan of the mitigation that the world expects. An error of the run
/// is its ending; kPlaybook and the like only when it could not start.
Result<Rehearsal> rehearse_looking(const Theatre& theatre, const RecordedWorld& world,
                                   const std::filesystem::path& book, const Road& road, const Audience& audience = {});

/// The guided run, which takes this mitigation and approves what it plans.
Result<Rehearsal> rehearse_run(const Theatre& theatre, const RecordedWorld& world, const std::filesystem::path& book,
                               const std::string& mitigation, const Road& road, const Audience& audience = {});

}  // namespace runbook::replay

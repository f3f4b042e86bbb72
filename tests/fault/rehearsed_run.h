// A live run of a shipped playbook in one of its recorded worlds, with its state directory /rehearsal on a given disk:
// the program's own phases, executor, journal and evidence.
#pragma once

#include "recording_storage.h"
#include "replay/rehearsal.h"

namespace runbook::test {

inline const std::filesystem::path kState = "/rehearsal";

struct Drill {
  std::string book;
  std::string world;
  std::uint64_t rotate_at = run::Config().rotate_at;  // 1: the run begins with another file of the log
};

/// A run that was carried through, and what it showed to its operator.
struct DrillRun {
  Result<replay::Rehearsal> rehearsal;
  std::vector<std::string> lines;
};

/// What a drill says while it goes on: each record, and each change right before it is made.
struct DrillWatch {
  std::function<void(const safety::Record&)> record{};
  std::function<void(const safety::Change&)> change{};
};

DrillRun carry_out(const Drill& drill, Storage& disk, const DrillWatch& watch = {});

/// Whether this is one of the records that a run waits for until they are on disk, and it is.
bool is_promised(const safety::Record& record);

/// The steps of such a run. `disk` is what the run writes to, and must lead to `recording`, which writes the calls
/// down.
std::vector<Step> steps_of(const Drill& drill, RecordingStorage& recording, Storage& disk);

}  // namespace runbook::test

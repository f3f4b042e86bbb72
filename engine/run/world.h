// What a run is given by the program around it: services, tables, doors. Wired together in one place, cli/wiring.cc.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/redaction/secret_net.h"
#include "base/task.h"
#include "run/config.h"
#include "run/inventory.h"
#include "safety/anchor.h"
#include "safety/change_row.h"
#include "safety/dry_executor.h"
#include "safety/evidence.h"
#include "safety/executor.h"
#include "safety/journal.h"
#include "safety/ledger.h"
#include "safety/locks.h"
#include "safety/row.h"
#include "safety/way.h"

namespace runbook::run {

/// What an executor needs to know of the run it serves.
struct ExecutorParts {
  std::string run;
  safety::TargetLookup targets;
  const safety::EvidenceLedger& ledger;
  /// Makes the call and stores its answer durably, with its record; an error when it could not be read or not be kept.
  std::function<Task<Result<void>>(safety::Call)> keep{};
  safety::WayLookup way{};
};

/// Shows that something takes its time. Facts reach people through journal records, never through here.
class Progress {
 public:
  virtual ~Progress() = default;
  /// What is being waited for, e.g. "looking: 5 of 8 readings"; replaces the last one. Empty: done.
  virtual void show(const std::string& text) = 0;
  /// A warning that belongs to no record, e.g. that the log cannot be written.
  virtual void warn(const std::string& text) = 0;
  /// What a playbook printed.
  virtual void print(std::string_view text) = 0;
};

struct World {
  Loop loop;
  const Clock& clock;
  const Config& config;
  const Inventory& inventory;
  const SecretNet& secrets;  // the declared ones, none of which may become part of a plan or of a record
  safety::Journal& journal;
  safety::EvidenceStore& evidence;
  safety::TargetLocks& locks;
  std::span<const safety::ReadRow> reads;
  std::span<const safety::ChangeRow> changes;
  std::function<std::unique_ptr<safety::Executor>(ExecutorParts)> executor;
  std::function<void()> look_anew;  // forget connections that failed: the next phase tries again
  std::function<Task<void>(std::chrono::milliseconds)> pause;  // lets time pass, which a replay does in no time
  std::filesystem::path worker;                                // the runbook-worker program
  Progress& progress;
  safety::Anchors anchors{};  // where the end of the log is noted; nowhere in a dry run, which writes to no other place
  // Reads the secrets that are needed and not known yet; nothing where there is none to read.
  std::function<Task<Result<void>>(NeededSecrets needed)> know_secrets{};
  safety::WayLookup way{};  // nothing where nothing goes over SSH

  /// Reads what has to do with these targets, and what a change sends ("must").
  Task<Result<void>> know_secrets_of(const std::map<std::string, safety::Target, std::less<>>& targets,
                                     std::set<std::string> must = {}) const;
  [[nodiscard]] const safety::ReadRow* read_row(std::string_view name) const;
  [[nodiscard]] const safety::ChangeRow* change_row(std::string_view name) const;
};

}  // namespace runbook::run

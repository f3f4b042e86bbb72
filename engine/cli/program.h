// Everything a command needs, wired together once: storage, clock, journal, connections, tables, executor.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <set>

#include "base/clock.h"
#include "base/redaction/redactor.h"
#include "base/storage.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/secret_sources.h"
#include "primitive/reach.h"
#include "replay/rehearsal.h"
#include "run/live_door.h"
#include "run/secret_values.h"

namespace runbook::cli {

/// The code that changes things, as the program that may do so passes it in (main.cc). The dry program passes nothing
/// and contains no such code.
struct LiveCode {
  run::LiveExecutorMaker executor;
  std::function<std::vector<safety::Applier>(primitive::Reach& reach)> appliers;
};

class Program {
 public:
  /// Reads the configuration and the inventory, and opens the state directory. kConfig, kStorage.
  static Result<std::unique_ptr<Program>> open(Options options);

  /// The world of a run whose executor only reads.
  run::World dry_world();
  /// What playbooks are rehearsed with. kUsage in a program that only does dry runs.
  Result<replay::Theatre> theatre(const LiveCode& live) const;
  /// The world of a run that may change things.
  run::World live_world(const LiveCode& live);

  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] const run::Config& config() const { return config_; }
  [[nodiscard]] const run::Inventory& inventory() const { return inventory_; }
  /// Opened, and where there is none made, when it is first asked for: verifying a log must not write to it.
  safety::Journal& journal();
  [[nodiscard]] safety::EvidenceStore& evidence() { return evidence_; }
  [[nodiscard]] Storage& storage() { return storage_; }
  /// What was given up on a host is ended there.
  Task<void> settle() { return reach_.settle(); }
  [[nodiscard]] const SecretNet& secrets() const { return secrets_.net(); }
  [[nodiscard]] const run::SecretValues& secret_values() const { return secrets_; }
  /// Reads the secrets that are needed and not known yet (run/secret_values.h). Errors as SecretValues::resolve, and of
  /// those that are needed in any case also why one could not be read.
  Task<Result<void>> know_secrets(run::NeededSecrets needed);
  /// The operator's ^C, for a question that this program asks itself.
  void interrupt() { sources_.interrupt(); }
  [[nodiscard]] const Clock& clock() const { return clock_; }
  [[nodiscard]] boost::asio::io_context& loop() { return loop_; }
  [[nodiscard]] StderrProgress& progress() { return progress_; }
  /// How a call gets to its target (safety/way.h).
  [[nodiscard]] Value way_of(const safety::Target& target, std::string_view row) const;

 private:
  /// Reads the list of commands that only look, which takes milliseconds: for a run that is given a host.
  void know_commands();
  Program(Options options, run::Config config, run::Inventory inventory, run::SecretValues secrets);
  /// The same lookup; what leaves for a target that it gives may pass the guards.
  safety::TargetLookup guarded(safety::TargetLookup targets);
  run::World world(std::function<std::unique_ptr<safety::Executor>(run::ExecutorParts)> executor);

  boost::asio::io_context loop_{1};
  Options options_;
  run::Config config_;
  run::Inventory inventory_;
  run::SecretValues secrets_;
  Redactor redactor_;
  SystemClock clock_;
  RealStorage storage_;
  StderrProgress progress_;
  SecretSources sources_;
  std::unique_ptr<safety::Journal> journal_;
  safety::EvidenceStore evidence_;
  safety::TargetLocks locks_;
  primitive::Guards guards_;
  bool knows_commands_ = false;
  std::set<std::string> warned_;  // of which secrets that are unknown
  primitive::Reach reach_;
};

/// The folder that this program's own binary stands in.
std::filesystem::path own_folder();
/// The runbook-worker beside it.
std::filesystem::path worker_path();

}  // namespace runbook::cli

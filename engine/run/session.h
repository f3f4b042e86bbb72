// What a run and an undo have in common: an id, the targets they may touch, what they looked at, an executor, a record.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "run/link.h"
#include "run/world.h"
#include "safety/call.h"
#include "safety/executor.h"

namespace runbook::run {

/// How a run ended: "verified", "healthy", "stopped", … and the exit code of design section 5.
struct Ending {
  std::string status;
  int exit = 0;
  std::string error{};              // what ended it early, in words
  std::vector<std::string> next{};  // what is to be done now
  std::string note{};               // why it ended so, where the status does not tell
  std::optional<Link> then{};       // the playbook that the operator goes on with
};

/// One read and what came of it.
struct Reading {
  std::string name{};  // as the playbook calls it
  safety::Call call;
  Moment started{};
  std::chrono::milliseconds took{0};
  Result<Value> result;
};

class Session {
 public:
  /// `id`: the run that goes on; empty for a new one.
  explicit Session(World& world, std::string id = {});

  /// Gives the session its targets, and with them its executor. Before that nothing can be read.
  void open(std::string title, std::map<std::string, safety::Target, std::less<>> targets);

  /// The first record of a run. The log goes on in another file before it when it has grown.
  void begin(Value data);
  /// Appends to the journal. When that fails, looking goes on and the operator is warned, once.
  void record(std::string_view type, Value data);
  /// Stores what was read, durably and in one batch, and then records it. From now on these targets count as looked at.
  void record_evidence(const std::vector<Reading>& readings);
  /// Reads once more what the last look read of this target, so that a long plan does not outlive its evidence.
  Task<void> look_again_at(std::string target);
  /// kRefused unless this run has looked at the target. A plan may be shown although the evidence could not be stored;
  /// to carry it out, the executor asks the ledger.
  [[nodiscard]] Result<void> may_plan(const std::string& target) const;
  /// Makes the evidence that was added durable; warns, once, when that fails.
  bool store_evidence();
  /// One read of the engine's own, recorded as evidence with `own`. It does not count as having looked.
  Task<Result<Value>> read(const std::string& name, const safety::Call& call);
  /// One read of what a change is about to destroy; fails also when it could not be stored.
  Task<Result<void>> keep(safety::Call call);
  /// The same as `read` for what is read again and again: recorded when it is not what it was the last time.
  Task<Result<Value>> poll(const std::string& name, const safety::Call& call);
  /// One that is recorded only if it turns out to matter.
  Task<Reading> take(const std::string& name, const safety::Call& call);
  std::string record_own(const Reading& reading);  // its hash, as store gives it
  /// Has the end of the log noted at all places of the configuration, and records which could not be reached.
  void anchor();
  /// Whether one of them could not be reached the last time: plans are one level higher then.
  [[nodiscard]] bool unanchored() const { return unanchored_; }
  /// Closes the record. Gives the ending as it is then: exit 9 where all went well, but not all of it is in the log.
  Ending finish(Ending ending);

  /// The operator's word to stop after the call in hand.
  void interrupt() { interrupted_ = true; }
  [[nodiscard]] bool interrupted() const { return interrupted_; }

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] const std::string& title() const { return title_; }
  [[nodiscard]] const safety::Target* target(std::string_view name) const;
  /// Whether any of the targets may be changed at all.
  [[nodiscard]] bool changeable() const;
  [[nodiscard]] safety::Executor& executor() { return *executor_; }
  [[nodiscard]] const safety::EvidenceLedger& ledger() const { return ledger_; }
  [[nodiscard]] World& world() { return world_; }
  [[nodiscard]] const World& world() const { return world_; }

 private:
  void warn_unrecorded(const Error& error);
  [[nodiscard]] std::vector<Error> keep_note(const safety::Record& record) const;
  void count_as_looked(const Reading& reading, const std::string& sha256);
  std::vector<std::string> store(const std::vector<Reading>& readings);  // their hashes; empty ones when it failed

  World& world_;
  std::string id_;
  std::string title_;  // the playbook's name, for locks and messages
  std::map<std::string, safety::Target, std::less<>> targets_;
  safety::Target engine_;
  safety::EvidenceLedger ledger_;
  std::unique_ptr<safety::Executor> executor_;
  bool interrupted_ = false;
  bool unanchored_ = false;
  struct Read {
    std::string name;
    safety::Call call;
  };
  std::map<std::string, std::vector<Read>> looked_at_;  // by target, what the last look at it read
  std::map<std::string, std::string> polled_;           // what a polled call said last
  std::set<std::string> unstored_;  // targets that were looked at, but whose evidence could not be kept
  bool warned_ = false;
  bool warned_of_evidence_ = false;
};

/// What the reading of something that a change destroys is called in the records.
std::string name_of_lost(const safety::Call& call);

/// "20261120-233107-k3v9": sortable, unique enough to be typed.
std::string new_run_id(const Moment& now);

/// Who runs this, as records have it: user name, uid, the login uid of the session, the host.
Value operator_identity();

/// This process, so that a later one can tell whether it is still there: {pid, started, boot}.
Value process_identity();
/// Whether the process with that identity runs now, on this machine and since then.
bool still_runs(const Value& process);

/// The targets as the inventory has them, for RUN_START.
Value targets_value(const std::map<std::string, safety::Target, std::less<>>& targets);

}  // namespace runbook::run

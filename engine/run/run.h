// One run of one playbook: it owns the worker, the targets it was given, what it saw, and its records in the journal.
//
// The phases stand here; what is made of them stands in dry_run.h and guided.h. Everything that a person, a report or a
// JSON document learns about a run it learns from the run's records.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "run/asker.h"
#include "run/inputs.h"
#include "run/playbook.h"
#include "run/session.h"
#include "run/shelf.h"
#include "run/verdict.h"
#include "run/wait.h"
#include "run/worker_client.h"
#include "safety/call.h"
#include "safety/plan.h"

namespace runbook::run {

struct Request {
  std::string book;                             // name or path
  std::map<std::string, std::string> inputs{};  // -p name=text
  std::map<std::string, std::string> asks{};    // -p mitigation.name=text
  std::string mode;                             // "dry" or "live": for the record
  std::string incident{};
  std::string follows{};  // the run whose playbook pointed to this one
  std::string resumes{};  // the run that goes on; empty for a new one
};

class Run {
 public:
  Run(World& world, Request request);

  /// Finds the playbook and loads it into a worker: afterwards its shape is known, and nothing else has happened.
  /// kNotFound, kPlaybook, kRunaway.
  Task<Result<void>> load();
  /// Loads, resolves the inputs, opens the record. As load, and kUsage, kConfig.
  Task<Result<void>> start(Asker& asker);
  /// In place of start, for a run that was interrupted, by its RUN_START (resume.h): loads, resolves the inputs as they
  /// were resolved then, adds RESUME to the record. kRefused with what has changed since, unless that is accepted.
  Task<Result<void>> resume(Asker& asker, const Value& began, bool accept_changed);
  /// What is otherwise than when that RUN_START was written, in sources, inputs and targets; a line each.
  [[nodiscard]] std::vector<std::string> changed_since(const Value& began) const;
  /// A plan of this run from its PLAN record. kRefused when it would have another digest now.
  [[nodiscard]] Result<safety::Plan> recorded_plan(const Value& record);
  /// Runs the playbook's evidence; stores what was read, durably, and records it. A failed reading is no error.
  Task<Result<void>> look();
  /// What the evidence means. An error in the playbook's diagnose is a verdict too: unclear.
  Task<Verdict> diagnose();
  /// The values that a mitigation asks for: given with -p, else from the asker.
  Task<Result<Value>> chosen_values(const Mitigation& mitigation, Asker& asker);
  /// The plan of a mitigation, its state read and its calls spelled out, recorded as PLAN.
  /// kPlaybook, kUsage for what the playbook proposes wrongly; kRefused when looking or permissions stand against it.
  Task<Result<safety::Plan>> plan(const Mitigation& mitigation, const Value& chosen, bool called_for);
  /// What is to be done after a run that set things right: the playbook's follow_up whose time has come.
  [[nodiscard]] std::vector<std::string> next_steps() const;

  /// Ends looking with what is there, and lets the run go on; false when the playbook does not look at the moment.
  bool stop_looking();
  /// Stops the run after the call in hand.
  void interrupt();

  [[nodiscard]] Session& session() { return session_; }
  [[nodiscard]] const Playbook& playbook() const { return playbook_; }

 private:
  Task<Result<Value>> answer_call(std::string row, std::string target, Value args, std::uint32_t number);
  Task<Result<std::optional<safety::Watch>>> watch_from_playbook();
  Task<Result<void>> prepare(Asker& asker);
  [[nodiscard]] Value basis() const;

  // One look: what it waits with, and what was read. Readings that are given up outlive it.
  struct Look {
    explicit Look(Stop end) : stop(std::move(end)) {}
    Stop stop;
    std::map<std::uint32_t, Reading> readings;  // by call number
    std::size_t done = 0;
  };
  void show_progress(const Look& look) const;
  void record_look(Look& look, const Value& answer);

  World& world_;
  Session session_;
  Request request_;
  std::optional<Modules> modules_;
  Playbook playbook_;
  ResolvedInputs inputs_;
  std::unique_ptr<WorkerClient> worker_;
  std::shared_ptr<Look> look_;  // while the playbook looks
  std::vector<std::string> unread_;
  Moment started_;
};

}  // namespace runbook::run

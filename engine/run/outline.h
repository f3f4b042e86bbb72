// A playbook told without looking: what it reads, and what it would change, with words in angle brackets where only a
// look or an answer could tell (stdlib/outline.lua). No connection is made.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "run/config.h"
#include "run/playbook.h"
#include "run/shelf.h"
#include "run/worker_client.h"
#include "safety/change_row.h"
#include "safety/row.h"

namespace runbook::run {

/// What a playbook is loaded with, and nothing that could look or keep anything.
struct Workbench {
  Loop loop;
  const Config& config;
  std::filesystem::path worker;
  std::span<const safety::ReadRow> reads;
  std::span<const safety::ChangeRow> changes;
};

class Outline {
 public:
  /// Finds the playbook and loads it into a worker that can read nothing. kNotFound, kPlaybook, kRunaway.
  static Task<Result<std::unique_ptr<Outline>>> load(Workbench bench, std::string book);

  /// {readings: [{row, target, args, name?}], problem?, mitigations: {name: {items, checks, problem?}}}. `arg` are the
  /// inputs as a worker gets them, `given` what mitigations ask for: {mitigation: {ask: text}}.
  Task<Result<Value>> tell(Value arg, Value given);

  [[nodiscard]] const Playbook& book() const { return book_; }

 private:
  explicit Outline(Module source) : modules_(source), source_(std::move(source)) {}

  Modules modules_;
  Module source_;
  Playbook book_;
  std::unique_ptr<WorkerClient> worker_;
};

/// A change among an outline's items, as far as it can be told of a target that nobody has looked at: from where, to
/// what, with which calls. kUsage for what the row does not take.
Result<safety::Change> unseen_change(const safety::ChangeRow& row, const safety::Target& target, const Value& item);

}  // namespace runbook::run

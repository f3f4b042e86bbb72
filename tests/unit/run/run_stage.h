// What runs are made of, for tests: everything real, but the disk in memory, time that only a pause lets pass, and an
// executor that the test brings.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "base/memory_storage.h"
#include "run/asker.h"
#include "run/session.h"
#include "support/loop.h"

namespace runbook::test {

using namespace runbook::run;

struct Silent final : Progress {
  void show(const std::string& /*text*/) override {}
  void warn(const std::string& /*text*/) override {}
  void print(std::string_view /*text*/) override {}
};

// Approves everything, and sees what it is told to see.
struct Agreeing final : Asker {
  std::string sees = "green";
  Task<Result<std::string>> choose(const Choice& choice) override { co_return choice.options.front().id; }
  Task<Result<Value>> fill(const Ask& ask) override { co_return ask.fallback; }
  Task<Result<std::string>> confirm(const safety::Manual& /*manual*/) override { co_return sees; }
  Task<Result<safety::Approval>> approve(const safety::Plan& plan) override {
    const safety::Gate gate(plan);
    co_return *gate.judge(safety::TypedAnswer{.line = gate.wanted(), .reason = "a test"});
  }
};

class RunStage {
 public:
  RunStage(std::span<const safety::ReadRow> reads, std::span<const safety::ChangeRow> changes,
           std::function<std::unique_ptr<safety::Executor>(ExecutorParts)> executor)
      : world_{.loop = loop_.loop(),
               .clock = clock_,
               .config = config_,
               .inventory = inventory_,
               .secrets = secrets_,
               .journal = *journal_,
               .evidence = evidence_,
               .locks = locks_,
               .reads = reads,
               .changes = changes,
               .executor = std::move(executor),
               .look_anew = [] {},
               .pause = [this](std::chrono::milliseconds time) -> Task<void> {
                 clock_.advance(time);
                 if (on_pause_) on_pause_();
                 co_return;
               },
               .worker = {},
               .progress = progress_} {}

  MemoryStorage storage_;
  ManualClock clock_;
  TestLoop loop_;
  Config config_;
  Inventory inventory_;
  SecretNet secrets_;
  std::unique_ptr<safety::Journal> journal_ = safety::Journal::open(storage_, clock_, "/state");
  safety::EvidenceStore evidence_{storage_, "/state"};
  safety::TargetLocks locks_{storage_, "/state"};
  Silent progress_;
  std::function<void()> on_pause_;
  World world_;
};

}  // namespace runbook::test

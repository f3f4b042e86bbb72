#include "replay/replay_executor.h"

namespace runbook::replay {

namespace {

class ReplayedReads final : public safety::Executor {
 public:
  ReplayedReads(std::shared_ptr<Scene> scene, safety::TargetLookup targets, safety::ReadLookup reads)
      : scene_(std::move(scene)), targets_(std::move(targets)), reads_(std::move(reads)) {}

  Task<Result<Value>> invoke(const safety::Call& call) override {
    RUNBOOK_CO_CHECK(safety::admit_read(call, targets_, reads_));
    auto recorded = scene_->world.answer(call);
    if (scene_->detour.read) {
      if (auto failure = scene_->detour.read(call)) co_return *std::move(failure);
    }
    co_return recorded;
  }

  Task<Result<safety::Outcome>> invoke(const safety::Plan& /*plan*/, const safety::Approval& /*approval*/,
                                       std::size_t /*item*/) override {
    co_return Error{.code = Code::kRefused, .message = "a dry run changes nothing"};
  }

 private:
  std::shared_ptr<Scene> scene_;
  safety::TargetLookup targets_;
  safety::ReadLookup reads_;
};

Task<Result<void>> apply_in(std::shared_ptr<Scene> scene, const safety::ChangeRow& row, const safety::Change& change,
                            std::uint64_t intent) {
  if (scene->detour.change) {
    if (auto refusal = scene->detour.change(change)) co_return *std::move(refusal);
  }
  scene->world.apply(row, change, intent);
  co_return Result<void>();
}

// Nothing is sent here, so what only the engine may hold is not needed.
Task<Result<std::string>> fill_in_nothing(const safety::Target& /*target*/, const safety::Change& /*change*/,
                                          const Value& /*word*/) {
  co_return std::string();
}

}  // namespace

std::unique_ptr<safety::Executor> replayed_reads(std::shared_ptr<Scene> scene, safety::TargetLookup targets,
                                                 safety::ReadLookup reads) {
  return std::make_unique<ReplayedReads>(std::move(scene), std::move(targets), std::move(reads));
}

std::vector<safety::Applier> replayed_appliers(const std::shared_ptr<Scene>& scene,
                                               std::span<const safety::ChangeRow> rows) {
  std::vector<safety::Applier> appliers;
  for (const auto& row : rows) {
    appliers.push_back(
        {.row = row.name,
         .apply = [scene, &row](const safety::Target& /*target*/, const safety::Change& change,
                                const guard::Permit& permit) { return apply_in(scene, row, change, permit.intent()); },
         .fill = fill_in_nothing});
  }
  return appliers;
}

}  // namespace runbook::replay

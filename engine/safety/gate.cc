#include "safety/gate.h"

#include <algorithm>

#include "base/text.h"

namespace runbook::safety {

namespace {
constexpr std::size_t kShortestDigest = 12;
constexpr std::size_t kShortestReason = 3;
}  // namespace

Gate::Gate(const Plan& plan) : digest_(plan.digest()), level_(plan.level()), targets_(plan.changed_targets()) {}

std::string Gate::wanted() const {
  if (level_ <= 1) return "y";
  if (level_ == 2) return "yes";
  return targets_.size() == 1 ? targets_.front() : std::to_string(targets_.size());
}

std::optional<Approval> Gate::judge(const TypedAnswer& answer) const {
  if (answer.line != wanted()) return std::nullopt;
  const auto reason = std::string(trim(answer.reason));
  if (level_ >= 3 && reason.size() < kShortestReason) return std::nullopt;
  return Approval(digest_, reason, "typed");
}

Result<Approval> Gate::judge(const FlagAnswer& answer) const {
  const auto refuse = [&](std::string message) {
    return Error{.code = Code::kRefused, .message = std::move(message), .next = "this would: " + flags_that_work()};
  };
  if (answer.approve.empty()) {
    if (answer.yes && level_ <= 1) return Approval(digest_, answer.reason, "flags");
    return refuse(answer.yes ? "--yes does not approve a plan of level " + std::to_string(level_)
                             : "this plan of level " + std::to_string(level_) + " needs an approval");
  }
  if (answer.approve.size() < kShortestDigest || !digest_.starts_with(answer.approve)) {
    return refuse("--approve " + escaped(answer.approve, 64) + " is not the digest of this plan");
  }
  if (level_ >= 3) {
    auto confirmed = answer.confirm;
    std::sort(confirmed.begin(), confirmed.end());
    if (confirmed != targets_)
      return refuse("a plan of level 3 needs --confirm with the name of each target it changes");
    if (trim(answer.reason).size() < kShortestReason) return refuse("a plan of level 3 needs --reason");
  }
  return Approval(digest_, std::string(trim(answer.reason)), "flags");
}

std::string Gate::flags_that_work() const {
  if (level_ <= 1) return "--yes";
  std::string flags = "--approve " + digest_.substr(0, kShortestDigest);
  if (level_ < 3) return flags;
  for (const auto& target : targets_) flags += " --confirm " + target;
  return flags + " --reason '…'";
}

}  // namespace runbook::safety

// Answers from the command line, for when nobody can be asked.
#pragma once

#include <optional>

#include "run/approvals.h"
#include "run/asker.h"

namespace runbook::cli {

class FlagAsker final : public run::Asker {
 public:
  /// `approved` is the recorded plan that --approve names, when it is given; `command` the line that the operator could
  /// repeat with the right flags.
  FlagAsker(safety::FlagAnswer flags, std::optional<run::RecordedPlan> approved, std::string command)
      : flags_(std::move(flags)), approved_(std::move(approved)), command_(std::move(command)) {}

  Task<Result<std::string>> choose(const run::Choice& choice) override;
  Task<Result<Value>> fill(const run::Ask& ask) override;
  Task<Result<std::string>> confirm(const safety::Manual& manual) override;
  Task<Result<safety::Approval>> approve(const safety::Plan& plan) override;

 private:
  safety::FlagAnswer flags_;
  std::optional<run::RecordedPlan> approved_;
  std::string command_;
};

}  // namespace runbook::cli

#include "cli/flag_asker.h"

#include "base/text.h"

namespace runbook::cli {

namespace {
Error unasked(std::string message, std::string next) {
  return {.code = Code::kUnasked, .message = std::move(message), .next = std::move(next)};
}
}  // namespace

Task<Result<std::string>> FlagAsker::choose(const run::Choice& choice) {
  if (choice.unattended.empty()) co_return unasked("nobody can be asked: " + choice.question, "run it at a terminal");
  co_return choice.unattended;
}

Task<Result<Value>> FlagAsker::fill(const run::Ask& ask) {
  if (!ask.fallback.is_null()) co_return ask.fallback;
  co_return unasked("nobody can be asked for " + ask.name + ": " + escaped(ask.label, 120),
                    "give it: -p " + (ask.mitigation.empty() ? "" : ask.mitigation + ".") + ask.name + "=…");
}

Task<Result<std::string>> FlagAsker::confirm(const safety::Manual& manual) {
  co_return unasked("nobody is there to do this: " + escaped(manual.what, 120), "run it at a terminal");
}

Task<Result<safety::Approval>> FlagAsker::approve(const safety::Plan& plan) {
  for (const auto& item : plan.items) {
    const auto* manual = std::get_if<safety::Manual>(&item.what);
    if (manual == nullptr) continue;
    co_return unasked("a part of this plan is done by a person: " + escaped(manual->what, 120),
                      "run it at a terminal, without --yes and --approve");
  }
  const safety::Gate gate(plan);
  auto judged = gate.judge(flags_);
  if (judged) co_return judged;
  auto error = judged.error();
  const bool named = command_.find(" run ") == std::string::npos || command_.find(" --mitigate ") != std::string::npos;
  error.next = "this would approve it: " + command_ + (named ? "" : " --mitigate " + plan.mitigation) + " " +
               gate.flags_that_work();
  if (flags_.approve.empty() && !flags_.yes) error.code = Code::kUnasked;
  if (approved_ && !approved_->material.is_null() && !plan.digest().starts_with(flags_.approve)) {
    error.message += "; since it was made, this has changed:";
    for (const auto& line : safety::differences(approved_->material, plan.material())) error.message += "\n    " + line;
  }
  co_return error;
}

}  // namespace runbook::cli

// The gate: one question for each plan, at the level of its worst change, and the one place where an answer counts.
//
// Level 1 wants `y`, level 2 the word `yes`, level 3 the target's name (several: their count) and a reason. Enter alone
// is no. Without a terminal, level 1 takes --yes or --approve DIGEST, level 2 --approve DIGEST, level 3 --approve
// DIGEST with
// --confirm TARGET and --reason. Nothing else approves, least of all time.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "safety/plan.h"

namespace runbook::safety {

/// How long an approval by digest counts, from its PLAN record on.
inline constexpr std::chrono::minutes kApprovalValidity{60};

/// What an operator typed at the terminal.
struct TypedAnswer {
  std::string line;    // the answer itself, without the line end
  std::string reason;  // level 3 only
};

/// What stood on the command line.
struct FlagAnswer {
  bool yes = false;
  std::string approve;               // a digest, or at least its first 12 digits
  std::vector<std::string> confirm;  // target names
  std::string reason;
};

/// The proof that this very plan was approved. Made by the gate alone.
class Approval {
 public:
  [[nodiscard]] const std::string& digest() const { return digest_; }
  [[nodiscard]] const std::string& reason() const { return reason_; }
  /// "typed" or "flags": how it came about.
  [[nodiscard]] const std::string& how() const { return how_; }

 private:
  friend class Gate;
  Approval(std::string digest, std::string reason, std::string how)
      : digest_(std::move(digest)), reason_(std::move(reason)), how_(std::move(how)) {}

  std::string digest_;
  std::string reason_;
  std::string how_;
};

class Gate {
 public:
  explicit Gate(const Plan& plan);

  [[nodiscard]] int level() const { return level_; }
  /// What has to be typed: "y", "yes", or the target's name or the count.
  [[nodiscard]] std::string wanted() const;
  /// Nothing for any answer but the wanted one; a reason of at least three letters belongs to level 3.
  [[nodiscard]] std::optional<Approval> judge(const TypedAnswer& answer) const;
  /// kRefused, saying which flags are missing or which digest this plan has.
  [[nodiscard]] Result<Approval> judge(const FlagAnswer& answer) const;
  /// The flags that would approve this plan: "--approve 5f0c… --confirm cache-1 --reason '…'".
  [[nodiscard]] std::string flags_that_work() const;

 private:
  std::string digest_;
  int level_;
  std::vector<std::string> targets_;
};

}  // namespace runbook::safety

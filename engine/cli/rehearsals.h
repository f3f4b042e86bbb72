// A playbook rehearsed in its recorded worlds, each on the road it was recorded on and on the unhappy ones that follow.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/value.h"
#include "replay/rehearsal.h"

namespace runbook::cli {

/// One thing that was tried.
struct Case {
  std::string book;
  std::string world;
  std::string name;       // "as recorded", "its one read failing", "raise-maxmemory: the undo is refused"
  std::string summary{};  // of what came out, for people: "memory-full, raise-maxmemory, level 2, exit 0"
  std::string problem{};  // empty: it went as it has to
  std::size_t rehearsals = 1;
  std::chrono::milliseconds took{0};
  Value plans = Value::List{};  // {mitigation, digest, level} of the plans that were made
};

/// What a world shows when it is rehearsed as recorded.
struct Shown {
  replay::Rehearsal look;
  std::optional<replay::Rehearsal> run;
  std::string transcript;
};

class Rehearsals {
 public:
  Rehearsals(const replay::Theatre& theatre, std::filesystem::path book) : theatre_(theatre), book_(std::move(book)) {}

  /// Rehearses a world as it was recorded. kPlaybook, kUsage, … when it cannot even start.
  [[nodiscard]] Result<Shown> show(const replay::RecordedWorld& world) const;
  /// All cases of a world; the transcript it is held against lies beside it.
  [[nodiscard]] std::vector<Case> of(const replay::RecordedWorld& world) const;

 private:
  [[nodiscard]] Case as_recorded(const replay::RecordedWorld& world, const Result<Shown>& shown) const;
  [[nodiscard]] Case failing_reads(const replay::RecordedWorld& world, const Shown& shown) const;
  [[nodiscard]] std::vector<Case> unhappy(const replay::RecordedWorld& world, const Shown& shown) const;

  const replay::Theatre& theatre_;
  std::filesystem::path book_;
};

/// Where the transcript of a world lies.
std::filesystem::path transcript_of(const replay::RecordedWorld& world);

}  // namespace runbook::cli

#include "safety/executor.h"

namespace runbook::safety {

std::string_view name_of(Outcome::Status status) {
  switch (status) {
    case Outcome::Status::kApplied:
      return "applied";
    case Outcome::Status::kSkipped:
      return "skipped";
    case Outcome::Status::kVanished:
      return "vanished";
    case Outcome::Status::kRefused:
      return "refused";
    case Outcome::Status::kStale:
      return "stale";
    case Outcome::Status::kNotApplied:
      return "not_applied";
    case Outcome::Status::kFailed:
      return "failed";
    case Outcome::Status::kInDoubt:
      return "in_doubt";
  }
  return "failed";
}

}  // namespace runbook::safety

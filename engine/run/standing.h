// What stands of a run's changes, as the log tells it: what an undo has to take back.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "safety/change.h"
#include "safety/item.h"
#include "safety/journal.h"

namespace runbook::run {

/// What was done to make a change count, and is to be done again after its undo.
struct Activation {
  std::uint64_t intent = 0;
  safety::Change change{};
  std::string url{};   // where its target was then
  bool again = false;  // an undo did
};

/// A change of an earlier run that stands, or may stand.
struct Standing {
  std::uint64_t intent = 0;  // its INTENT, or the MANUAL or BY_HAND record of what a person did
  safety::Change change{};
  std::optional<safety::Manual> by_hand{};  // in place of a change
  std::string url{};                        // where its target was then
  bool in_doubt = false;
  bool back = false;  // taken back, but not activated since
  std::vector<Activation> activations{};
  // Its place, by which activations name it.
  std::string digest{};
  std::size_t item = 0;
};

/// What stands of a run's changes, the last one first: applied or in doubt, and not taken back since. kNotFound for a
/// run that the log does not know.
Result<std::vector<Standing>> standing_changes(safety::Journal& journal, std::string_view run);

}  // namespace runbook::run

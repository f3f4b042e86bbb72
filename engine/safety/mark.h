// What the state of a thing tells about a change of it.
//
// A setting stands when its state is what it was set to. An action (a restart) may leave the state as it was, so its
// row says by which mark it shows: another start time than in `from`.
#pragma once

#include "base/value.h"
#include "safety/change.h"
#include "safety/change_row.h"

namespace runbook::safety {

/// Whether this state, read later, shows the change as made.
bool stands(const ChangeRow& row, const Change& change, const Value& state);

/// Whether a state can tell anything of such a change: of an action without a mark it cannot.
bool tells(const ChangeRow& row);

/// What a state says of a change that was sent and never answered.
enum class Told {
  kTookPlace,
  kDidNot,  // nor will it
  kPartly,  // some of its calls were made
  kNothing
};
Told told_by(const ChangeRow& row, const Change& change, const Value& state);

}  // namespace runbook::safety

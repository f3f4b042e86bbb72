// What an author may have meant: for an error about nil, which is what a field that no server has gives.
#pragma once

#include <string>
#include <string_view>

#include "replay/rehearsal.h"

namespace runbook::replay {

/// The name on the line of the error that neither a reading nor an answer of the recording has, with the nearest that
/// one has; empty when there is none, and for an error that is not about nil.
std::string meant(std::string_view error, const Rehearsal& rehearsal, const RecordedWorld& world);

}  // namespace runbook::replay

// All appliers: the code that changes things. Nothing but the live program links this library.
#pragma once

#include <span>

#include "safety/applier.h"

namespace runbook::primitive {

std::span<const safety::Applier> redis_appliers();

}  // namespace runbook::primitive

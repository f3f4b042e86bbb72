// The code that carries a change out, one entry for each change row. Linked into the live program only.
#pragma once

#include <functional>
#include <string_view>

#include "base/error.h"
#include "base/task.h"
#include "guard/permit.h"
#include "safety/change.h"
#include "safety/target.h"

namespace runbook::safety {

struct Applier {
  std::string_view row;
  /// Sends what the permit lists and nothing else. kStale when an atomic comparison found another state,
  /// kInDoubt when nobody can say whether it took effect.
  std::function<Task<Result<void>>(const Target& target, const Change& change, const guard::Permit& permit)> apply;
};

}  // namespace runbook::safety

// The code that carries a change out, one entry for each change row. Linked into the live program only.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/task.h"
#include "guard/permit.h"
#include "safety/change.h"
#include "safety/target.h"

namespace runbook::safety {

/// What came of a change that tells something.
struct Sent {
  std::string said{};     // by what was run, whole
  std::string failure{};  // "it ended with exit code 3"; empty when it went well
};

/// A change that is made ready and can be asked about, and did not begin yet.
struct Ready {
  Value handle{};                               // Change::handle
  std::function<Task<Result<Sent>>()> begin{};  // once, and after the handle is on record; outlived by its change
};

struct Applier {
  std::string_view row;
  /// Sends what the permit lists and nothing else: the change's calls, and behind them in the list what may be sent
  /// when one of them fails. kStale when an atomic comparison found another state, kInDoubt when nobody can say whether
  /// it took effect. Where calls were made before one failed, the error says whether all was put back, and else what
  /// stands.
  std::function<Task<Result<void>>(const Target& target, const Change& change, const guard::Permit& permit)> apply{};
  /// In the place of `apply`: for what goes on when nobody listens any more, and is asked about by a handle, such as a
  /// command in a container.
  std::function<Task<Result<Ready>>(const Target& target, const Change& change, const guard::Permit& permit)>
      make_ready{};
  /// The bytes of a {"$filled": …} word, made when all else is ready to be sent. They go into the permit and nowhere
  /// else: no error tells of them. Null where no such word occurs.
  std::function<Task<Result<std::string>>(const Target& target, const Change& change, const Value& word)> fill{};
};

}  // namespace runbook::safety

// The engine's own clock, for playbooks that compare it with a time they read elsewhere.
#include "base/clock.h"

#include "primitive/reach.h"
#include "primitive/read/read_rows.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

Task<Result<Value>> read_now(Reach& /*reach*/, const safety::Target& /*target*/, const Value& /*args*/) {
  const auto now = SystemClock().now();
  co_return Value(Value::Map{{"utc", utc_text(now.wall_ms)},
                             {"unix", static_cast<double>(now.wall_ms) / 1000},
                             {"up", static_cast<double>(now.boot_ms) / 1000}});
}

std::string of_clock(const Value& answer) { return safety::in_words(answer["utc"]); }

const safety::ReadRow kRows[] = {
    {"clock.now",
     safety::kEngineTarget,
     {},
     "The time where the engine runs.",
     "{utc (text), unix (seconds since 1970), up (seconds since boot)}",
     read_now,
     "date -u",
     of_clock},
};

}  // namespace

std::span<const safety::ReadRow> clock_rows() { return kRows; }

}  // namespace runbook::primitive

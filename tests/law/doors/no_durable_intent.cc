// Promise 4 without its door: an INTENT is written, and nobody waits until it is on disk.
#include "safety/journal.h"

namespace runbook::safety {
Result<Record> Journal::append_intent(std::string_view run, Value data) {
  return append(run, "INTENT", std::move(data));
}
}  // namespace runbook::safety

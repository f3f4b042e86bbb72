// Promise 5 without its door: a change of which nobody knows whether it was made is forgotten.
#include "safety/doubt.h"

namespace runbook::safety {
Result<std::vector<OpenIntent>> open_intents(Journal& /*journal*/) { return std::vector<OpenIntent>(); }
}  // namespace runbook::safety

// Promise 3 without its door: all plans have the same digest.
#include "safety/plan.h"

namespace runbook::safety {
std::string Plan::digest() const { return std::string(64, '0'); }
}  // namespace runbook::safety

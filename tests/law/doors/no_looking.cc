// Promise 2 without its door: evidence is never asked for.
#include "safety/ledger.h"

namespace runbook::safety {
Result<void> EvidenceLedger::require_fresh(const std::string& /*target*/) const { return {}; }
}  // namespace runbook::safety

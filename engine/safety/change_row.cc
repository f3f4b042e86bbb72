#include "safety/change_row.h"

#include <algorithm>

namespace runbook::safety {

void add_declared(const ChangeRow& row, const Target& target, Value& args) {
  if (row.probe) args["prefix"] = target.probe_prefix;
  if (target.sudo) args["sudo"] = true;
}

int level_of(const Change& change, const Target& target, bool loses_data) {
  if (loses_data) return 3;
  // An environment that nobody named is treated as the one where mistakes cost most.
  const bool production = target.env.empty() || target.env == "prod" || target.env == "production";
  return std::min(3, 1 + (production ? 1 : 0) + (change.irreversible.empty() ? 0 : 1));
}

}  // namespace runbook::safety

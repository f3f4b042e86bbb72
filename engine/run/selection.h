// Which targets of the inventory somebody means: what `-p caches=…` takes, and `:default("…")`.
//
//   cache-1                          a name
//   cache-1,cache-2                  several; the order counts
//   tag:cache and not tag:canary     an expression: tag:, env:, kind:, names, and, or, not, parentheses
//   redis://127.0.0.1:6379           a server that the inventory does not know: it can be looked at, not changed
//
// `and` binds tighter than `or`, a comma is the loosest. A tag, environment or kind that no target has is an error, not
// an empty set: a misspelled one after `not` would leave nothing out. An expression picks among the targets of the
// wanted kind; a name of another kind is an error. Nothing ever means "all".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "run/inventory.h"

namespace runbook::run {

/// The targets of that kind that the text selects, each once: in the order of the comma's parts, each part sorted by
/// name. Never empty. kUsage says at which character what was expected.
Result<std::vector<safety::Target>> select_targets(std::string_view text, std::string_view kind,
                                                   const Inventory& inventory);

}  // namespace runbook::run

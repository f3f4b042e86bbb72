// How a call gets to its target, where that is not told by the target alone. Records of readings and changes over SSH
// say it: `transport` ("libssh2", or "ssh" of the system), and `via`, what stands between (jump hosts).
#pragma once

#include <functional>
#include <string_view>

#include "base/value.h"
#include "safety/target.h"

namespace runbook::safety {

/// {transport, via?} of a call of that row to that target, by the connection that there is; null where there is none,
/// and for what does not go over SSH.
using WayLookup = std::function<Value(const Target& target, std::string_view row)>;

/// Adds it to what a record says of such a call.
inline void add_way(Value& data, const WayLookup& way, const Target* target, std::string_view row) {
  if (!way || target == nullptr) return;
  const auto told = way(*target, row);
  for (const auto& [name, value] : told.members()) data[name] = value;
}

}  // namespace runbook::safety

// What the rows of several kinds of target have in common.
#pragma once

#include <algorithm>

#include "base/usage.h"
#include "safety/change_row.h"

namespace runbook::primitive {

/// Among the words of a request (guard/http.h) that carries a JSON document.
constexpr std::string_view kSaysJson = "Content-Type: application/json";

/// The state is what the reader gives, as it is.
inline safety::Seen as_read(const Value& reading) { return {.state = reading, .blob = {}}; }

/// Marks of what is made and taken away: whether the reader finds it.
inline bool is_there(const safety::Change& /*change*/, const Value& state) { return !state.is_null(); }
inline bool is_gone(const safety::Change& /*change*/, const Value& state) { return state.is_null(); }

/// Whether all that is wanted is there; what is there besides does not count.
inline bool covers(const Value& have, const Value& want) {
  if (want.as_map() == nullptr) return have == want;
  return std::all_of(want.members().begin(), want.members().end(),
                     [&](const auto& member) { return covers(have[member.first], member.second); });
}

/// Of a change whose state only its author can name: whether what they named shows it.
inline bool shows_what_was_named(const safety::Change& change, const Value& state) {
  return !change.to.is_null() && covers(state, change.to);
}

/// Of an action, which has no state to be set to. kUsage.
inline Result<Value> no_to(const Value& /*args*/, const Value& to) {
  if (!to.is_null()) return usage("this change takes no { to = … }");
  return Value();
}

}  // namespace runbook::primitive

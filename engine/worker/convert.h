// Lua values as engine values and back.
//
// A table whose keys are 1 to n becomes a list, one whose keys are text a table; an empty one is a table, unless it
// carries the list mark (a metatable that only stdlib has): `{}` alone does not say which it is.
//
// to_value never raises a Lua error, so its frames may own memory. push_value raises only what Lua itself raises.
#pragma once

#include <lua.hpp>
#include <string>

#include "base/value.h"

namespace runbook::worker {

/// Reads the value at `index`. False, with `problem` filled, for a function, a mixed table, or one that is too deep
/// or has too many members (a table that contains itself is too deep).
bool to_value(lua_State* state, int index, Value& out, std::string& problem);

void push_value(lua_State* state, const Value& value);

/// Pushes the metatable that marks lists.
void push_list_mark(lua_State* state);

}  // namespace runbook::worker

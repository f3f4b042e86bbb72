// The functions that stdlib's prelude is given, and the only code that raises Lua errors.
//
// A Lua error unwinds C++ frames, so each function that raises owns nothing with a destructor: what must live
// longer is in Host. No luaL_check*, no catch(...), no noexcept here.
#pragma once

#include <lua.hpp>

namespace runbook::worker {

/// Pushes the table of host functions:
///   send(type, id, body)         sends a message; raises when the body is no data or too large
///   receive() → type, id, body   waits for the next message
///   compile(source, name[, env]) → function, or nil and Lua's message; text only, never bytecode
///   where() → file, line         of the innermost frame of the playbook, else of the line it ran last; or nil
///   nearest(name, list) → the known name nearest to a misspelled one, or nil
///   list                         the metatable that marks a table as a list
void push_host(lua_State* state);

}  // namespace runbook::worker

// The Lua state: an exact memory limit, no JIT, an allow-listed library, and a hook that leaves the line behind.
//
// JIT-compiled code runs no hooks, and needs executable memory that the sandbox forbids; switching it off costs less
// than a factor of two on pure loops. Beyond the memory limit the process ends at once (channel::kExitMemory):
// an out-of-memory error could be swallowed by a pcall, and nothing useful can follow it.
#pragma once

#include <cstddef>
#include <lua.hpp>
#include <memory>
#include <string>

#include "channel/line_page.h"
#include "worker/pipe.h"

namespace runbook::worker {

/// What the functions offered to Lua work on; one for the process.
struct Host {
  std::size_t memory_limit = 0;
  std::size_t memory_used = 0;
  channel::LinePage* page = nullptr;
  Pipe pipe;
  channel::Message inbox;  // kept here so that an error raised while it is pushed leaks nothing
  std::string scratch;     // text on its way into Lua, for the same reason
};

using State = std::unique_ptr<lua_State, void (*)(lua_State*)>;

/// Makes the state; its global table holds only what stdlib may use.
State make_state(Host& host);

/// Pushes a module of the standard library as a function, or the reason why it is none. It may be compiled, because
/// the engine's word is trusted; what a playbook brings along is only ever taken as text. `name` ends with a zero.
bool load_own(lua_State* state, std::string_view code, std::string_view name);

/// The host that make_state was given.
Host& host_of(lua_State* state);

}  // namespace runbook::worker

// A C stack that is deep enough for what Lua's own limits allow.
//
// LuaJIT bounds the depth of calls by its own stack of 65,500 slots. Through string.gsub or table.sort each level takes
// up to 9 KiB of the C stack as well, which adds up to some 60 MiB: more than the 8 MiB that a process gets, and so a
// crash where an author should read "stack overflow".
#pragma once

namespace runbook::worker {

/// Calls the function on a stack of 256 MiB and never returns; false when there is no memory for it. Its pages are
/// taken as they are touched.
bool run_on_deep_stack(void (*function)());

}  // namespace runbook::worker

// What the process gives up before it runs anything: everything but computing and talking to the engine.
//
// LuaJIT's authors call the process the only sandbox that holds, so the worker is built as if every check in Lua had
// been broken already. The system call filter kills on anything outside its list; there are no files to open, no
// sockets to connect, no programs to start, no memory to make executable, and reading and writing work on fd 3 alone.
#pragma once

namespace runbook::worker {

/// No core file, no tracing by others, and death with the parent. Before anything is allocated.
void harden();

/// Installs the filter; there is no way back. False when the kernel refuses it.
[[nodiscard]] bool confine();

}  // namespace runbook::worker

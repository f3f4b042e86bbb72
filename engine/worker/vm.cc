#include "worker/vm.h"

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string_view>

namespace runbook::worker {

namespace {

void* allocate(void* user, void* block, std::size_t old_size, std::size_t new_size) {
  auto& host = *static_cast<Host*>(user);
  if (block == nullptr) old_size = 0;
  host.memory_used += new_size - old_size;
  if (new_size == 0) {
    std::free(block);
    return nullptr;
  }
  if (host.memory_used > host.memory_limit) _exit(channel::kExitMemory);
  void* const moved = std::realloc(block, new_size);
  if (moved == nullptr) _exit(channel::kExitMemory);
  return moved;
}

// Chunks of the playbook are named "@file", those of stdlib "=stdlib/…" and mostly without lines: the line that counts
// is the author's.
void leave_line(lua_State* state, lua_Debug* record) {
  if (lua_getinfo(state, "l", record) == 0 || record->currentline <= 0) return;
  if (lua_getinfo(state, "S", record) == 0 || record->source[0] != '@') return;
  auto& page = *host_of(state).page;
  page.line = static_cast<std::uint32_t>(record->currentline);
  if (std::strncmp(page.file, record->source + 1, sizeof page.file) != 0) {
    std::strncpy(page.file, record->source + 1, sizeof page.file - 1);
  }
}

constexpr std::string_view kBase[] = {"assert", "error",    "getmetatable", "ipairs", "next",   "pairs",
                                      "pcall",  "rawequal", "rawget",       "rawset", "select", "setmetatable",
                                      "type",   "tonumber", "tostring",     "unpack", "xpcall", "math",
                                      "string", "table",    "coroutine"};

void open(lua_State* state, lua_CFunction library, const char* name) {
  lua_pushcfunction(state, library);
  lua_pushstring(state, name);
  lua_call(state, 1, 0);
}

}  // namespace

Host& host_of(lua_State* state) {
  void* host = nullptr;
  lua_getallocf(state, &host);
  return *static_cast<Host*>(host);
}

State make_state(Host& host) {
  State state(lua_newstate(allocate, &host), lua_close);
  lua_State* const lua = state.get();
  if (lua == nullptr) return state;
  open(lua, luaopen_base, "");
  open(lua, luaopen_string, LUA_STRLIBNAME);
  open(lua, luaopen_table, LUA_TABLIBNAME);
  open(lua, luaopen_math, LUA_MATHLIBNAME);
  luaJIT_setmode(lua, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);

  lua_newtable(lua);
  for (const auto name : kBase) {
    lua_pushlstring(lua, name.data(), name.size());
    lua_getfield(lua, LUA_GLOBALSINDEX, name.data());
    lua_rawset(lua, -3);
  }
  lua_replace(lua, LUA_GLOBALSINDEX);
  lua_getglobal(lua, "string");
  lua_pushnil(lua);
  lua_setfield(lua, -2, "dump");
  lua_pop(lua, 1);

  lua_sethook(lua, leave_line, LUA_MASKLINE | LUA_MASKCOUNT, 1000);
  return state;
}

bool load_own(lua_State* state, std::string_view code, std::string_view name) {
  return luaL_loadbufferx(state, code.data(), code.size(), name.data(), "bt") == 0;
}

}  // namespace runbook::worker

#include "worker/binding.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "worker/convert.h"
#include "worker/vm.h"

namespace runbook::worker {

namespace {

using channel::Type;

// In the order of channel::Type.
constexpr std::array<std::string_view, channel::kTypes> kNames = {"load", "module", "phase", "reply", "require",
                                                                  "call", "print",  "done",  "failed"};

std::string_view text_at(lua_State* state, int index) {
  if (lua_type(state, index) != LUA_TSTRING) return {};
  std::size_t size = 0;
  const char* text = lua_tolstring(state, index, &size);
  return {text, size};
}

// Everything of `send` that owns memory; leaves the reason of a failure in host.scratch.
bool send_message(lua_State* state, Host& host) {
  const auto found = std::find(kNames.begin(), kNames.end(), text_at(state, 1));
  if (found == kNames.end()) {
    host.scratch = "unknown type of message";
    return false;
  }
  channel::Message message{.type = static_cast<Type>(found - kNames.begin()),
                           .id = static_cast<std::uint32_t>(lua_tonumber(state, 2)),
                           .body = {}};
  if (!to_value(state, 3, message.body, host.scratch)) return false;
  const auto sent = host.pipe.send(std::move(message));
  if (!sent) host.scratch = sent.error().message;
  return sent.has_value();
}

int send(lua_State* state) {
  lua_settop(state, 3);
  Host& host = host_of(state);
  if (send_message(state, host)) return 0;
  lua_pushlstring(state, host.scratch.data(), host.scratch.size());
  return lua_error(state);
}

int receive(lua_State* state) {
  Host& host = host_of(state);
  host.inbox = host.pipe.receive();
  const auto name = kNames[static_cast<std::size_t>(host.inbox.type)];
  lua_pushlstring(state, name.data(), name.size());
  lua_pushnumber(state, host.inbox.id);
  push_value(state, host.inbox.body);
  return 3;
}

// compile(source, name, environment)
int compile(lua_State* state) {
  lua_settop(state, 3);
  const auto source = text_at(state, 1);
  const auto name = text_at(state, 2);
  if (luaL_loadbufferx(state, source.data(), source.size(), name.data(), "t") != 0) {
    lua_pushnil(state);
    lua_insert(state, -2);
    return 2;
  }
  if (lua_istable(state, 3)) {
    lua_pushvalue(state, 3);
    lua_setfenv(state, -2);
  }
  return 1;
}

// compile_own(code, name): a module of the standard library, as the engine sent it.
int compile_own(lua_State* state) {
  lua_settop(state, 2);
  if (load_own(state, text_at(state, 1), text_at(state, 2))) return 1;
  lua_pushnil(state);
  lua_insert(state, -2);
  return 2;
}

int where(lua_State* state) {
  lua_Debug record{};
  for (int level = 1; lua_getstack(state, level, &record) != 0; ++level) {
    lua_getinfo(state, "Sl", &record);
    if (record.source[0] != '@' || record.currentline <= 0) continue;
    lua_pushstring(state, record.source + 1);
    lua_pushinteger(state, record.currentline);
    return 2;
  }
  const channel::LinePage& page = *host_of(state).page;
  if (page.line == 0) return 0;
  lua_pushstring(state, page.file);
  lua_pushnumber(state, page.line);
  return 2;
}

void find_nearest(lua_State* state, Host& host) {
  std::vector<std::string> known;
  const auto count = lua_objlen(state, 2);
  for (std::size_t i = 1; i <= count; ++i) {
    lua_rawgeti(state, 2, static_cast<int>(i));
    known.emplace_back(text_at(state, -1));
    lua_pop(state, 1);
  }
  host.scratch = runbook::nearest(text_at(state, 1), known);
}

int nearest(lua_State* state) {
  lua_settop(state, 2);
  Host& host = host_of(state);
  if (lua_type(state, 2) != LUA_TTABLE) return 0;
  find_nearest(state, host);
  if (host.scratch.empty()) return 0;
  lua_pushlstring(state, host.scratch.data(), host.scratch.size());
  return 1;
}

}  // namespace

void push_host(lua_State* state) {
  constexpr std::array<luaL_Reg, 7> kFunctions = {{{"send", send},
                                                   {"receive", receive},
                                                   {"compile", compile},
                                                   {"compile_own", compile_own},
                                                   {"where", where},
                                                   {"nearest", nearest},
                                                   {nullptr, nullptr}}};
  lua_newtable(state);
  luaL_setfuncs(state, kFunctions.data(), 0);
  push_list_mark(state);
  lua_setfield(state, -2, "list");
}

}  // namespace runbook::worker

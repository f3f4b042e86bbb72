#include "worker/convert.h"

#include <cmath>
#include <utility>

#include "channel/cbor.h"
#include "channel/codec.h"

namespace runbook::worker {

namespace {

const char kListMark = 0;

class TableReader {
 public:
  TableReader(lua_State* state, std::string& problem) : state_(state), problem_(problem) {}

  bool read(int index, Value& out, std::size_t depth) {
    if (++nodes_ > channel::kNodes) return fail("more than 200,000 values cannot be sent");
    if (depth > channel::kDepth) return fail("tables nested deeper than 32 cannot be sent");
    switch (lua_type(state_, index)) {
      case LUA_TNIL:
        out = Value();
        return true;
      case LUA_TBOOLEAN:
        out = Value(lua_toboolean(state_, index) != 0);
        return true;
      case LUA_TNUMBER:
        out = Value(lua_tonumber(state_, index));
        return true;
      case LUA_TSTRING:
        return read_text(index, out);
      case LUA_TTABLE:
        return read_table(index, out, depth);
      default:
        return fail(std::string("a ") + lua_typename(state_, lua_type(state_, index)) + " cannot be sent");
    }
  }

 private:
  bool fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  // One string may stand in many tables; what it takes on the wire is counted, not what it takes in Lua.
  bool read_text(int index, Value& out) {
    std::size_t size = 0;
    const char* text = lua_tolstring(state_, index, &size);
    bytes_ += size;
    if (bytes_ > channel::kFromWorker) return fail("more than 1 MiB cannot be sent");
    out = Value(std::string(text, size));
    return true;
  }

  bool is_marked_list(int index) {
    if (lua_getmetatable(state_, index) == 0) return false;
    push_list_mark(state_);
    const bool same = lua_rawequal(state_, -1, -2) != 0;
    lua_pop(state_, 2);
    return same;
  }

  bool read_table(int index, Value& out, std::size_t depth) {
    if (lua_checkstack(state_, 4) == 0) return fail("tables nested too deep");
    Value::Map map;
    std::size_t positions = 0;
    double highest = 0;
    lua_pushnil(state_);
    while (lua_next(state_, index) != 0) {
      const int top = lua_gettop(state_);
      bool good = true;
      if (lua_type(state_, top - 1) == LUA_TNUMBER) {
        const double key = lua_tonumber(state_, top - 1);
        ++positions;
        good = key >= 1 && key == std::trunc(key);
        highest = std::max(highest, key);
      } else if (lua_type(state_, top - 1) == LUA_TSTRING) {
        Value key;
        good = read_text(top - 1, key) && read(top, map[*key.as_text()], depth + 1);
      } else {
        good = false;
      }
      if (!good) {
        lua_settop(state_, top - 2);
        return problem_.empty() ? fail("a table's keys must be text, or 1 to n") : false;
      }
      lua_settop(state_, top - 1);
    }
    if (positions == 0) {
      out = map.empty() && is_marked_list(index) ? Value(Value::List{}) : Value(std::move(map));
      return true;
    }
    if (!map.empty()) return fail("a table with positions and names cannot be sent");
    if (highest != static_cast<double>(positions)) return fail("a list with holes cannot be sent");
    return read_list(index, out, positions, depth);
  }

  bool read_list(int index, Value& out, std::size_t count, std::size_t depth) {
    Value::List list(count);
    for (std::size_t i = 0; i < count; ++i) {
      lua_rawgeti(state_, index, static_cast<int>(i + 1));
      const bool good = read(lua_gettop(state_), list[i], depth + 1);
      lua_pop(state_, 1);
      if (!good) return false;
    }
    out = Value(std::move(list));
    return true;
  }

  lua_State* state_;
  std::string& problem_;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace

bool to_value(lua_State* state, int index, Value& out, std::string& problem) {
  problem.clear();
  return TableReader(state, problem).read(index, out, 1);
}

void push_list_mark(lua_State* state) {
  lua_pushlightuserdata(state, const_cast<char*>(&kListMark));
  lua_rawget(state, LUA_REGISTRYINDEX);
  if (lua_istable(state, -1)) return;
  lua_pop(state, 1);
  lua_newtable(state);
  lua_pushlightuserdata(state, const_cast<char*>(&kListMark));
  lua_pushvalue(state, -2);
  lua_rawset(state, LUA_REGISTRYINDEX);
}

void push_value(lua_State* state, const Value& value) {
  lua_checkstack(state, 4);
  if (const auto* flag = value.as_bool()) {
    lua_pushboolean(state, *flag ? 1 : 0);
  } else if (const auto* number = value.as_number()) {
    lua_pushnumber(state, *number);
  } else if (const auto* text = value.as_text()) {
    lua_pushlstring(state, text->data(), text->size());
  } else if (const auto* list = value.as_list()) {
    lua_createtable(state, static_cast<int>(list->size()), 0);
    int position = 0;
    for (const auto& item : *list) {
      push_value(state, item);
      lua_rawseti(state, -2, ++position);
    }
  } else if (const auto* map = value.as_map()) {
    lua_createtable(state, 0, static_cast<int>(map->size()));
    for (const auto& [key, member] : *map) {
      lua_pushlstring(state, key.data(), key.size());
      push_value(state, member);
      lua_rawset(state, -3);
    }
  } else {
    lua_pushnil(state);
  }
}

}  // namespace runbook::worker

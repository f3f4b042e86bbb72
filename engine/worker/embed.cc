// runbook-embed DIR OUT: part of the build. Writes a .cc that holds every Lua file of the folder, as text and compiled.
//
// Compiling the standard library was two thirds of a worker's start (2.2 ms of CPU; loading it compiled takes 0.2). The
// text goes along, because hashes are made of it.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <lua.hpp>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

// The compiled form, without lines: they are nobody's but ours (RUNBOOK_STDLIB brings them back), and the hook that
// looks for the author's costs nothing where there are none. Empty when the text does not compile, which the worker
// then says.
std::string compiled(const std::string& source, const std::string& name) {
  std::string out;
  lua_State* const state = luaL_newstate();
  luaL_openlibs(state);
  lua_getglobal(state, "string");
  lua_getfield(state, -1, "dump");
  if (luaL_loadbuffer(state, source.data(), source.size(), ("=stdlib/" + name + ".lua").c_str()) == 0) {
    lua_pushboolean(state, 1);
    lua_call(state, 2, 1);
    std::size_t size = 0;
    const char* const bytes = lua_tolstring(state, -1, &size);
    out.assign(bytes, size);
  }
  lua_close(state);
  return out;
}

// A string literal; raw strings would end lines of 80 KB.
std::string literal(const std::string& bytes) {
  std::string out = "\"";
  std::size_t column = 0;
  for (const char c : bytes) {
    char text[8];
    std::snprintf(text, sizeof text, "\\%03o", static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += text;
    if (++column % 32 == 0) out += "\"\n\"";
  }
  return out + "\"";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(argv[1])) {
    if (entry.path().extension() == ".lua") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::ofstream out(argv[2]);
  out << "#include \"run/stdlib.h\"\n\nnamespace runbook::run {\n\nnamespace {\n"
         "using namespace std::string_view_literals;\nconstexpr EmbeddedModule kModules[] = {\n";
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    const std::string source((std::istreambuf_iterator<char>(in)), {});
    const auto name = file.stem().string();
    out << "{\"" << name << "\", R\"lua~(" << source << ")lua~\"sv,\n" << literal(compiled(source, name)) << "sv},\n";
  }
  out << "};\n}  // namespace\n\nstd::span<const EmbeddedModule> embedded_stdlib() { return kModules; }\n\n"
         "}  // namespace runbook::run\n";
  out.close();
  return out ? 0 : 1;
}

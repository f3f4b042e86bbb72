// Ways out of the sandbox, tried in the built worker; and the list of everything that a playbook can reach.
#include <array>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "base/hash.h"
#include "catch.h"
#include "channel/line_page.h"
#include "lua/worker_fixture.h"
#include "run/stdlib.h"
#include "support/temp_dir.h"

using namespace runbook;
using namespace runbook::test;

namespace {

// Runs Lua at load and gives what it printed, or the error.
std::vector<std::string> run_lua(const std::string& code) {
  Worker worker;
  const auto shape = worker.load(Book{.head = code}.source());
  if (!shape) worker.printed.push_back("error: " + shape.error().message);
  return worker.printed;
}

std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string output_of(const std::string& command) {
  std::string out;
  FILE* const pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> bytes{};
  while (const auto count = fread(bytes.data(), 1, bytes.size(), pipe)) out.append(bytes.data(), count);
  pclose(pipe);
  return out;
}

// A folder with a standard library of the test's own, for as long as it lives.
struct Library {
  Library() { setenv("RUNBOOK_STDLIB", dir.path().c_str(), 1); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() { unsetenv("RUNBOOK_STDLIB"); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(dir.path() / (name + ".lua"), std::ios::binary) << text;
  }

  TempDir dir;
};

}  // namespace

TEST_CASE("what leads out of the sandbox is not there") {
  for (const std::string name :
       {"io",         "os",       "package", "debug",  "ffi",     "jit",       "bit",      "load",
        "loadstring", "loadfile", "dofile",  "module", "getfenv", "setfenv",   "newproxy", "collectgarbage",
        "gcinfo",     "rawset",   "rawget",  "rawlen", "next",    "coroutine", "_G",       "_ENV",
        "arg",        "host"}) {
    INFO(name);
    const auto said = run_lua("local x = " + name);
    REQUIRE(said.size() == 1);
    CHECK(said[0].find("error: there is no global " + name) == 0);
  }
  for (const std::string name :
       {"string.dump", "string.buffer", "table.new", "table.clear", "math.random", "math.randomseed"}) {
    INFO(name);
    const auto said = run_lua("local x = " + name);
    REQUIRE(said.size() == 1);
    CHECK(said[0].find("does not exist") != std::string::npos);
  }
}

TEST_CASE("shared tables and metatables cannot be changed") {
  const std::vector<std::string> attempts = {
      "string.format = 1",
      "getmetatable('').__index.format = 1",
      "getmetatable('').__index = {}",
      "setmetatable('', {})",
      "setmetatable(string, {})",
      "setmetatable(parallel, {})",
      "change.redis_config = 1",
      "input.redis = 1",
      "('x').y = 1",
      "print = 1",
      "local i = input.redis 'x' i.default = 1",
      "setmetatable(input.redis 'x', {})",
      "local e = select(2, pcall(function() return nothing end)) setmetatable(e, {})",
  };
  for (const auto& attempt : attempts) {
    INFO(attempt);
    const auto said = run_lua(attempt);
    REQUIRE(said.size() == 1);
    CHECK(said[0].find("error: ") == 0);
  }
  CHECK(run_lua("table.insert(string, 'x') print(('%d'):format(3), ('x').y)") == std::vector<std::string>{"3\tnil"});
}

TEST_CASE("bytecode is refused, as playbook and as module") {
  const std::string bytecode = output_of("luajit -b -s -e 'return 1' - 2>/dev/null");
  const auto code = bytecode.empty() ? std::string("\x1bLJ\x02\x0a", 5) : bytecode;
  Worker worker;
  const auto shape = worker.load(code);
  REQUIRE_FALSE(shape);
  CHECK(shape.error().text() == "book.lua:1: attempt to load chunk with wrong mode");
  Worker other;
  other.modules["module"] = code;
  const auto by_module = other.load("require 'module'");
  REQUIRE_FALSE(by_module);
  CHECK(by_module.error().text() == "module.lua:1: attempt to load chunk with wrong mode");
}

TEST_CASE("addresses are not shown, by no way of making text") {
  const auto said = run_lua(R"(
print({}, print, function() end, string.format("%s|%10s", {}, print))
print(pcall(string.format, "%p", {}))
print(pcall(string.format, "%-20p", "x"))
print(pcall(string.format, "%%p"))
print(select(2, pcall(error, {})), select(2, pcall(function() return {} .. "x" end)))
print(setmetatable({}, { __metatable = false }), setmetatable({}, { __tostring = function() return "mine" end })))");
  for (const auto& line : said) {
    INFO(line);
    CHECK(line.find("0x") == std::string::npos);
    CHECK(line.find("builtin") == std::string::npos);
  }
  CHECK(said.size() == 6);
}

// The stdlib is the engine's; a broken one is the nearest thing to a playbook that has escaped into it.
TEST_CASE("code with all of stdlib's means still reaches nothing but the engine") {
  const auto with_prelude = [](const std::string& prelude) {
    const Library mine;
    mine.write("prelude", prelude);
    Worker worker;
    auto shape = worker.load("");
    REQUIRE_FALSE(shape);
    return shape.error();
  };
  CHECK(with_prelude("local host = ... host.send('done', 77, {})").code == Code::kProtocol);
  CHECK(with_prelude("local host = ... host.send('load', 1, {})").message.find("only the engine sends") !=
        std::string::npos);
  CHECK(with_prelude("local host = ... host.send('call', 1, {})").message.find("without a row") != std::string::npos);
  CHECK(with_prelude("local host = ... for i = 1, 300 do host.send('call', i, { row = 'a.b', target = { ['$target'] = "
                     "'x' } }) end "
                     "host.receive() while true do end")
            .code == Code::kRunaway);
  CHECK(with_prelude("local host = ... host.send('call', 1, { row = 'a.b', target = { ['$target'] = 'x' } }) "
                     "host.send('call', 1, { row = 'a.b', target = { ['$target'] = 'x' } })")
            .message.find("used twice") != std::string::npos);
  CHECK(with_prelude("error('x')").message == "the standard library failed: stdlib/prelude.lua:1: x");
  CHECK(with_prelude("return io, os, debug, package, ffi, jit, load, require, string.dump, nil + 1")
            .message.find("arithmetic") != std::string::npos);
  CHECK(with_prelude(
            "if io or os or debug or package or ffi or jit or load or loadstring or require or newproxy or getfenv or "
            "string.dump or collectgarbage or _G then error('found') end error('clean')")
            .message.find("clean") != std::string::npos);
}

TEST_CASE("a system call outside the list kills the worker, and the engine says so") {
  // escapee.cc is confined as the worker is, and then tries the one that its memory limit names.
  for (std::uint64_t attempt = 1; attempt <= 12; ++attempt) {
    INFO(attempt);
    Worker worker;
    run::WorkerLimits limits;
    limits.memory = attempt;
    auto started = worker.wait(run::WorkerClient::start(worker.loop.get_executor(), ESCAPEE, limits, worker.handlers));
    REQUIRE(started);
    const auto answer = worker.wait((*started)->load(Value::Map{}));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().text() == "the playbook tried what the sandbox forbids");
  }
}

TEST_CASE("a program that is no worker, or none at all, is an error") {
  Worker worker;
  auto started = worker.wait(run::WorkerClient::start(worker.loop.get_executor(), "/bin/true", {}, worker.handlers));
  REQUIRE(started);
  const auto answer = worker.wait((*started)->load(Value::Map{}));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().message == "the worker ended with exit code 0");
  const auto missing =
      worker.wait(run::WorkerClient::start(worker.loop.get_executor(), "/nonexistent/worker", {}, worker.handlers));
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Code::kStorage);
}

TEST_CASE("the embedded library is what stands in stdlib/, and RUNBOOK_STDLIB replaces it") {
  const std::string folder = std::string(LUA_TESTS) + "/../../stdlib/";
  for (const auto& module : run::embedded_stdlib())
    CHECK(module.source == read_file(folder + std::string(module.name) + ".lua"));
  CHECK(run::library_code()["prelude"].text_or("").starts_with("\x1bLJ"));
  CHECK(run::library_hashes().at("stdlib/prelude") == sha256(read_file(folder + "prelude.lua")));

  const Library mine;
  mine.write("prelude", "-- another");
  CHECK(run::library_code() == Value(Value::Map{{"prelude", "-- another"}}));
  CHECK(run::library_hashes() == std::map<std::string, std::string>{{"stdlib/prelude", sha256("-- another")}});
}

TEST_CASE("a standard library that is not there, or lacks a module, is said") {
  const Library mine;
  Worker none;
  CHECK(none.load(Book{}.source()).error().message == "the standard library failed: there is no prelude.lua");
  mine.write("prelude", read_file(std::string(LUA_TESTS) + "/../../stdlib/prelude.lua"));
  Worker no_more;
  CHECK(no_more.load(Book{}.source()).error().message == "the standard library failed: there is no errors.lua");
}

namespace {

// Every word of the standard library's source, with those of Lua's own libraries: what a playbook may reach by name
// must stand there.
std::string known_names() {
  std::string source = read_file(std::string(LUA_TESTS) + "/lua_names.txt") + to_json(rows()) + to_json(changes());
  for (const auto& module : run::embedded_stdlib()) source += module.source;
  std::set<std::string> words;
  std::string word;
  for (const char c : source + " ") {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
      word += c;
    } else if (!word.empty()) {
      words.insert(std::exchange(word, {}));
    }
  }
  words.insert("redis_config");
  words.insert("redis_delete_key");
  std::string list = "host.names = {";
  for (const auto& name : words) list += "'" + name + "',";
  return list + "}\n";
}

}  // namespace

TEST_CASE("a playbook reaches exactly what the list allows") {
  const Library mine;
  for (const auto& module : run::embedded_stdlib()) {
    // Every module tells the walker which metatables it sets; the prelude, before it serves, walks.
    auto text = "local setmetatable = (...).seen_setmetatable or setmetatable " + std::string(module.source);
    if (module.name == "prelude") {
      text = read_file(std::string(LUA_TESTS) + "/walk.lua") + known_names() + text;
      const std::string serve = "answer(\"load\", load_id, load_body)";
      const auto at = text.find(serve);
      REQUIRE(at != std::string::npos);
      text.insert(at, "walk(make_environment(load_body)) ");
    }
    mine.write(std::string(module.name), text);
  }
  Worker worker;
  REQUIRE(worker.load(Book{}.source()));
  std::string reached;
  for (const auto& line : worker.printed) reached += line + "\n";
  CHECK(reached == read_file(std::string(LUA_TESTS) + "/allowed_globals.txt"));
}

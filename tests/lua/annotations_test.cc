// What types/language.lua and plans.lua tell an editor is the language as it is: every word of it, and nothing else.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>

#include "catch.h"
#include "lua/worker_fixture.h"

using namespace runbook;
using namespace runbook::test;

namespace {

using Names = std::set<std::string>;
using Members = std::map<std::string, Names>;

// Lua's own, which editors know; but for require, which is another one here.
const Names kLua = {"assert", "error", "getmetatable", "ipairs",   "math",         "pairs",
                    "pcall",  "print", "rawequal",     "select",   "setmetatable", "string",
                    "table",  "type",  "unpack",       "tonumber", "xpcall",       "tostring"};

// Class or table of the language → its class for the editor.
const std::map<std::string, std::string> kClasses = {
    {"a check", "Check"}, {"a reading", "Reading"}, {"a verdict", "Verdict"}, {"an input", "Input"}};
const std::map<std::string, std::string> kSlots = {{"playbook", "Playbook"},
                                                   {"mitigation", "MitigationSlots"},
                                                   {"watch", "Watch"},
                                                   {"change", "ChangeOptions"},
                                                   {"change.across", "AcrossOptions"},
                                                   {"change.each_of", "EachOfOptions"},
                                                   {"change.rolling_restart", "RollingRestartOptions"},
                                                   {"barrier", "BarrierSlots"},
                                                   {"manual", "ManualSlots"},
                                                   {"parallel", "ParallelOptions"}};

const std::string kTypes = std::string(LUA_TESTS) + "/../../types";

// "" → the globals; "ask", "Check" → the members of that namespace or class.
Members annotated() {
  static const std::regex kClass(R"(---@class (?:\(exact\) )?runbook\.([\w.]+).*)");
  static const std::regex kField(R"(---@field (\w+)\??\s.*)");
  static const std::regex kFunction(R"(function (?:(\w+)[.:])?(\w+)\(.*)");
  static const std::regex kNamespace(R"((\w+) = \{\})");
  Members out;
  std::string line;
  std::string current;
  for (const auto* file : {"/language.lua", "/plans.lua"}) {
    std::ifstream in(kTypes + file);
    while (std::getline(in, line)) {
      std::smatch found;
      if (std::regex_match(line, found, kClass)) {
        current = found[1];
        out[current];
      } else if (std::regex_match(line, found, kField)) {
        out[current].insert(found[1]);
      } else if (std::regex_match(line, found, kFunction)) {
        out[found[1]].insert(found[2]);
      } else if (std::regex_match(line, found, kNamespace)) {
        out[""].insert(found[1]);
      }
    }
  }
  return out;
}

// The words that the worker tells, as `runbook check` gets them.
const Value& words() {
  static const Value told = [] {
    Worker worker;
    worker.further = {"inspect"};
    REQUIRE(worker.load(Book{}.source()));
    auto inspected = worker.phase("inspect");
    REQUIRE(inspected);
    return (*inspected)["words"];
  }();
  return told;
}

Names names(const Value& list) {
  Names out;
  for (const auto& item : list.items()) out.emplace(item.text_or(""));
  return out;
}

Names without(Names all, const Names& less) {
  for (const auto& name : less) all.erase(name);
  return all;
}

// The names that come from the rows, which have annotations of their own.
Names of_rows(const Value& rows, const char* member, bool whole) {
  Names out;
  for (const auto& row : rows.items()) {
    auto name = std::string(row[member].text_or(""));
    const auto dot = name.find('.');
    if (dot != std::string::npos && whole) name[dot] = '_';
    out.insert(whole ? name : name.substr(0, dot));
  }
  return out;
}

}  // namespace

TEST_CASE("every file of annotations is Lua") {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kTypes)) {
    INFO(entry.path());
    std::ifstream in(entry.path());
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    const auto loaded = Worker().load("local function never_called()\n" + text + "\nend\n" + Book{}.source());
    CHECK((loaded ? "" : loaded.error().text()) == std::string());
    ++count;
  }
  CHECK(count > 1);
}

TEST_CASE("every global word is annotated, and nothing else") {
  CHECK(without(names(words()["globals"]), kLua) == annotated()[""]);
}

TEST_CASE("every member of a namespace is annotated, and nothing else") {
  auto found = annotated();
  const auto& told = words()["namespaces"];
  CHECK(names(told["ask"]) == found["ask"]);
  CHECK(names(told["parallel"]) == found["parallel"]);
  CHECK(without(names(told["input"]), of_rows(rows(), "kind", false)) == found["input"]);
  CHECK(without(names(told["change"]), of_rows(changes(), "name", true)) == found["change"]);
  CHECK(without(names(told["check"]), of_rows(rows(), "name", false)) == found["check"]);
}

TEST_CASE("every method of a class is annotated, and nothing else") {
  auto found = annotated();
  for (const auto& [name, methods] : words()["classes"].members()) {
    if (name.starts_with("see.") || name.starts_with("check.") || methods.items().empty()) continue;
    INFO(name);
    REQUIRE(kClasses.contains(name));
    CHECK(names(methods) == found[kClasses.at(name)]);
  }
}

TEST_CASE("every slot of a table is annotated, and nothing else") {
  auto found = annotated();
  Names told;
  for (const auto& [name, slots] : words()["slots"].members()) {
    INFO(name);
    REQUIRE(kSlots.contains(name));
    CHECK(names(slots) == found[kSlots.at(name)]);
    told.insert(name);
  }
  CHECK(told.size() == kSlots.size());
}

// The standard library of playbooks: the Lua files of stdlib/, embedded at build time.
//
// RUNBOOK_STDLIB=dir reads them from a folder instead, for work on the library itself.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/value.h"

namespace runbook::run {

struct EmbeddedModule {
  std::string_view name;  // "prelude"
  std::string_view source;
  std::string_view compiled;  // what LuaJIT made of it at build time
};

/// All modules, sorted by name (generated).
std::span<const EmbeddedModule> embedded_stdlib();

/// A source file as the worker gets it.
struct Module {
  std::string file;  // as error messages name it
  std::string source;
};

/// The library as a worker gets it, {name: code}: compiled, or the texts of RUNBOOK_STDLIB. Sent before it is asked
/// for, because asking cost a round trip for each module, a third of what it takes to load a playbook.
Value library_code();

/// {"stdlib/prelude": SHA-256 of its source, …}: all of it, whatever a playbook makes use of.
std::map<std::string, std::string> library_hashes();

}  // namespace runbook::run

// The standard library of playbooks: the Lua files of stdlib/, embedded at build time.
//
// RUNBOOK_STDLIB=dir reads them from a folder instead, for work on the library itself.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
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
  std::string compiled{};  // of the standard library only; never of a playbook
};

/// The modules that can be sent to a worker before it asks for them, {name: compiled}: all, or none where
/// RUNBOOK_STDLIB says otherwise. Asking costs a round trip each, a third of what it takes to load a playbook.
const Value& stdlib_ahead();

/// {"stdlib/prelude": SHA-256 of its source, …} of those.
const std::map<std::string, std::string>& stdlib_ahead_hashes();

/// A module of the standard library by its name without "stdlib/". kNotFound when there is none.
Result<Module> stdlib_module(std::string_view name);

}  // namespace runbook::run

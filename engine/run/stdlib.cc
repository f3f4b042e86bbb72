#include "run/stdlib.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/hash.h"

namespace runbook::run {

namespace {

Error no_module(std::string_view name) {
  return {.code = Code::kNotFound, .message = "the standard library has no module " + std::string(name)};
}

}  // namespace

Result<Module> stdlib_module(std::string_view name) {
  const auto file = std::string(name) + ".lua";
  for (const auto& module : embedded_stdlib()) {
    if (module.name != name) continue;
    const char* folder = std::getenv("RUNBOOK_STDLIB");
    if (folder == nullptr)
      return Module{
          .file = "stdlib/" + file, .source = std::string(module.source), .compiled = std::string(module.compiled)};
    const std::ifstream stream(std::filesystem::path(folder) / file);
    if (!stream) return no_module(name);
    std::ostringstream source;
    source << stream.rdbuf();
    return Module{.file = "stdlib/" + file, .source = source.str()};
  }
  return no_module(name);
}

const Value& stdlib_ahead() {
  static const Value kAhead = [] {
    Value::Map out;
    if (std::getenv("RUNBOOK_STDLIB") != nullptr) return Value(out);
    for (const auto& module : embedded_stdlib()) out.emplace(module.name, std::string(module.compiled));
    return Value(std::move(out));
  }();
  return kAhead;
}

const std::map<std::string, std::string>& stdlib_ahead_hashes() {
  static const std::map<std::string, std::string> kHashes = [] {
    std::map<std::string, std::string> out;
    if (std::getenv("RUNBOOK_STDLIB") != nullptr) return out;
    for (const auto& module : embedded_stdlib())
      out.emplace("stdlib/" + std::string(module.name), sha256(module.source));
    return out;
  }();
  return kHashes;
}

}  // namespace runbook::run

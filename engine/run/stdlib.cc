#include "run/stdlib.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

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

}  // namespace runbook::run

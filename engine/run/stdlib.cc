#include "run/stdlib.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/hash.h"

namespace runbook::run {

namespace {

namespace fs = std::filesystem;

// The texts of the folder that is worked on; nothing when there is none, which the worker says.
std::map<std::string, std::string> texts_in(const fs::path& folder) {
  std::map<std::string, std::string> out;
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(folder, unreadable)) {
    if (entry.path().extension() != ".lua") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    out.emplace(entry.path().stem().string(), std::string(std::istreambuf_iterator<char>(file), {}));
  }
  return out;
}

}  // namespace

Value library_code() {
  Value::Map out;
  if (const char* folder = std::getenv("RUNBOOK_STDLIB")) {
    for (auto& [name, text] : texts_in(folder)) out.emplace(name, std::move(text));
  } else {
    for (const auto& module : embedded_stdlib()) out.emplace(module.name, std::string(module.compiled));
  }
  return out;
}

std::map<std::string, std::string> library_hashes() {
  std::map<std::string, std::string> out;
  if (const char* folder = std::getenv("RUNBOOK_STDLIB")) {
    for (const auto& [name, text] : texts_in(folder)) out.emplace("stdlib/" + name, sha256(text));
    return out;
  }
  static const auto kEmbedded = [] {
    std::map<std::string, std::string> hashes;
    for (const auto& module : embedded_stdlib())
      hashes.emplace("stdlib/" + std::string(module.name), sha256(module.source));
    return hashes;
  }();
  return kEmbedded;
}

}  // namespace runbook::run

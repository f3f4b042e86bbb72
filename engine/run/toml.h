// TOML files as Values that remember their lines. The only file that knows toml++.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/value.h"

namespace runbook::run {

struct Document {
  std::filesystem::path file;
  Value root = Value::Map{};
  std::map<std::string, int> lines;  // "targets.cache-1.url" → line

  /// "inventory.toml:12" for a member, or the file alone when the line is unknown.
  [[nodiscard]] std::string where(const std::string& path) const;
};

/// Parses the text of a TOML file. kConfig with file and line for malformed text.
Result<Document> parse_toml(std::string_view text, const std::filesystem::path& file);
/// Reads a TOML file. kConfig with file and line for malformed text, kNotFound when there is no such file.
Result<Document> read_toml(const std::filesystem::path& file);

}  // namespace runbook::run

// Where playbooks and their modules are found, and what was read from there.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "run/stdlib.h"

namespace runbook::run {

class Shelf {
 public:
  explicit Shelf(std::vector<std::filesystem::path> folders) : folders_(std::move(folders)) {}

  /// A playbook by its name (searched in the folders, in their order) or by its path (with a slash or ending in .lua).
  /// kNotFound with the nearest known name.
  [[nodiscard]] Result<Module> playbook(std::string_view name_or_path) const;
  /// What the playbook in `file` means by that name: the name itself when the shelf has it, else the path of the one
  /// beside the file, when there is one.
  [[nodiscard]] std::string seen_from(const std::filesystem::path& file, const std::string& name) const;
  /// The playbooks that these words mean, by name or path: a folder stands for all in it, no word at all for all in the
  /// folders. The modules that a shell's * brings along are left out; kUsage when there is nothing else.
  [[nodiscard]] Result<std::vector<std::string>> meant_by(const std::vector<std::string>& words) const;
  /// The names of all playbooks in the folders, sorted; files whose name starts with _ are modules.
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] const std::vector<std::filesystem::path>& folders() const { return folders_; }

 private:
  std::vector<std::filesystem::path> folders_;
};

/// Serves a playbook's `require` from the playbook's own folder. Remembers the SHA-256 of everything it served, and of
/// the standard library, because the plan's digest covers all loaded sources.
class Modules {
 public:
  explicit Modules(const Module& playbook);

  /// kNotFound when no such file is there; kPlaybook for a name that could leave the folder.
  [[nodiscard]] Result<Module> load(std::string_view name);
  /// File name → SHA-256: the playbook, the standard library and every module served so far. Folders are left out: a
  /// copy elsewhere is the same.
  [[nodiscard]] const std::map<std::string, std::string>& hashes() const { return hashes_; }

 private:
  std::filesystem::path folder_;
  std::map<std::string, std::string> hashes_;
};

/// Reads a whole text file of at most 1 MiB. kNotFound, kStorage, kLimit.
Result<std::string> read_source(const std::filesystem::path& file);

}  // namespace runbook::run

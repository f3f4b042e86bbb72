#include "cli/project.h"

#include <cerrno>
#include <fstream>
#include <system_error>

namespace runbook::cli {

namespace fs = std::filesystem;

fs::path project_of(const fs::path& folder) {
  std::error_code ignored;
  auto start = fs::absolute(folder).lexically_normal();
  for (auto at = start; at.has_relative_path(); at = at.parent_path()) {
    if (fs::exists(at / "runbook.toml", ignored)) return at;
  }
  return start;
}

fs::path own_playbooks(const run::Config& config) {
  std::error_code ignored;
  auto here = fs::current_path(ignored);
  const auto project = project_of(here);
  for (const auto& folder : config.playbooks) {
    const auto inside = fs::absolute(folder).lexically_relative(project);
    if (!inside.empty() && *inside.begin() != "..") return folder;
  }
  return here;
}

std::string shown_path(const fs::path& path) {
  std::error_code ignored;
  const auto near = path.lexically_relative(fs::current_path(ignored));
  return near.empty() || *near.begin() == ".." ? path.string() : near.string();
}

Result<void> write_file(const author::TextFile& file) {
  std::error_code error;
  fs::create_directories(file.path.parent_path(), error);
  errno = 0;
  std::ofstream out(file.path, std::ios::binary | std::ios::trunc);
  out << file.text;
  out.close();
  if (out) return {};
  return Error{.code = Code::kStorage,
               .message = "cannot be written: " + std::generic_category().message(errno),
               .where = file.path.string()};
}

}  // namespace runbook::cli

#include "base/memory_storage.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <system_error>

namespace runbook {

namespace {

Error failed(const std::string& doing, const std::filesystem::path& path, int number) {
  return {.code = number == ENOENT ? Code::kNotFound : Code::kStorage,
          .message = "cannot " + doing + ": " + std::generic_category().message(number),
          .where = path.string()};
}

}  // namespace

// A descriptor of its own for each opening, because locks belong to it.
Result<File> MemoryStorage::open(const std::filesystem::path& path, Mode mode) {
  const auto found = files_.find(path);
  const bool created = found == files_.end();
  if (created && mode == Mode::kRead) return failed("open", path, ENOENT);
  if (!created && mode == Mode::kNew) return failed("create", path, EEXIST);
  if (created) {
    if (!directories_.contains(path.parent_path())) return failed("create", path, ENOENT);
    const int made = memfd_create("runbook", MFD_CLOEXEC);
    if (made < 0) return failed("create", path, errno);
    files_.emplace(path, File(made, path, true));
  }
  const auto inode = "/proc/self/fd/" + std::to_string(files_.at(path).descriptor());
  const int access = mode == Mode::kRead ? O_RDONLY : mode == Mode::kAppend ? O_RDWR | O_APPEND : O_RDWR;
  const int opened = ::open(inode.c_str(), access | O_CLOEXEC);
  if (opened < 0) return failed("open", path, errno);
  return File(opened, path, created);
}

Result<bool> MemoryStorage::in_place(const File& /*file*/) { return true; }

Result<void> MemoryStorage::rename(const std::filesystem::path& from, const std::filesystem::path& to) {
  const auto found = files_.find(from);
  if (found == files_.end() || !directories_.contains(to.parent_path())) {
    return failed("rename " + from.string(), to, ENOENT);
  }
  auto file = std::move(found->second);
  files_.erase(found);
  files_.insert_or_assign(to, std::move(file));
  return {};
}

Result<bool> MemoryStorage::make_directory(const std::filesystem::path& path) {
  if (!directories_.contains(path.parent_path())) return failed("make directory", path, ENOENT);
  return directories_.insert(path).second;
}

Result<void> MemoryStorage::sync_directory(const std::filesystem::path& path) {
  if (!directories_.contains(path)) return failed("open directory", path, ENOENT);
  return {};
}

Result<std::vector<std::string>> MemoryStorage::list(const std::filesystem::path& path) {
  if (!directories_.contains(path)) return failed("list", path, ENOENT);
  std::vector<std::string> names;
  for (const auto& [name, file] : files_) {
    if (name.parent_path() == path) names.push_back(name.filename().string());
  }
  return names;
}

}  // namespace runbook

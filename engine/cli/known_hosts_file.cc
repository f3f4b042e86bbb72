#include "cli/known_hosts_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

namespace runbook::cli {

namespace fs = std::filesystem;

namespace {

constexpr int kMostLinks = 8;
constexpr int kMostTries = 5;
constexpr std::chrono::milliseconds kPatience = std::chrono::seconds(5);

Error refused(const fs::path& path, std::string message, std::string next = {}) {
  return {.code = Code::kRefused, .message = std::move(message), .where = path.string(), .next = std::move(next)};
}

// Where the path leads, by links that the operator or root made.
Result<fs::path> behind_links(fs::path path) {
  for (int links = 0; links < kMostLinks; ++links) {
    struct stat status {};
    if (lstat(path.c_str(), &status) != 0 || !S_ISLNK(status.st_mode)) return path;
    if (status.st_uid != geteuid() && status.st_uid != 0)
      return refused(path, "is a link that somebody else made; it was not followed");
    std::error_code error;
    const auto target = fs::read_symlink(path, error);
    if (error) return refused(path, "is a link that cannot be read");
    path = path.parent_path() / target;  // an absolute one takes the place of both
  }
  return refused(path, "is a link to a link to a link, without an end");
}

Result<void> check_folder(const fs::path& folder) {
  struct stat status {};
  if (stat(folder.c_str(), &status) != 0) return {};  // opening the file tells why
  const bool anybody_may_write = (status.st_mode & S_IWOTH) != 0 && (status.st_mode & S_ISVTX) == 0;
  if (!anybody_may_write) return {};
  return refused(folder, "is a folder that anybody may write to", "chmod o-w " + escaped(folder.string(), 200));
}

Result<void> check_file(const File& file) {
  struct stat status {};
  if (fstat(file.descriptor(), &status) != 0 || !S_ISREG(status.st_mode))
    return refused(file.path(), "is no file that could keep a host", "UserKnownHostsFile of ssh_config names it");
  if ((status.st_mode & S_IWOTH) == 0) return {};
  return refused(file.path(), "is a file that anybody may write to", "chmod o-w " + escaped(file.path().string(), 200));
}

Result<std::string> mended(Storage& storage, const File& file, std::string lines) {
  RUNBOOK_TRY(size, storage.size(file));
  if (size == 0) return lines;
  RUNBOOK_TRY(last, storage.read(file, size - 1, 1));
  return last == "\n" ? lines : "\n" + lines;
}

// Nothing when the file was replaced before the lock was ours.
Result<bool> append_once(Storage& storage, const fs::path& path, const std::function<Result<std::string>()>& lines) {
  RUNBOOK_TRY(file, storage.open(path, Storage::Mode::kAppend));
  RUNBOOK_CHECK(check_file(file));
  const auto lock = FileLock::take(storage, file, Storage::Lock::kExclusive, kPatience);
  if (!lock) return lock.error();
  RUNBOOK_TRY(in_place, storage.in_place(file));
  if (!in_place) return false;
  RUNBOOK_TRY(wanted, lines());
  if (wanted.empty()) return true;
  RUNBOOK_TRY(text, mended(storage, file, std::move(wanted)));
  RUNBOOK_CHECK(storage.append(file, text));
  RUNBOOK_CHECK(storage.sync(file));
  if (file.created()) RUNBOOK_CHECK(storage.sync_directory(path.parent_path()));
  return true;
}

}  // namespace

Result<void> append_to_known_hosts(Storage& storage, const fs::path& file,
                                   const std::function<Result<std::string>()>& lines) {
  RUNBOOK_TRY(path, behind_links(file));
  std::error_code ignored;
  if (!fs::exists(path.parent_path(), ignored)) RUNBOOK_CHECK(make_directories(storage, path.parent_path()));
  RUNBOOK_CHECK(check_folder(path.parent_path()));
  for (int turn = 0; turn < kMostTries; ++turn) {
    RUNBOOK_TRY(done, append_once(storage, path, lines));
    if (done) return {};
  }
  return Error{.code = Code::kStorage, .message = "is replaced again and again", .where = path.string()};
}

}  // namespace runbook::cli

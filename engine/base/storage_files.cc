// What several users of Storage combine from its calls.
#include <unistd.h>

#include <atomic>
#include <thread>

#include "base/storage.h"
#include "base/text.h"

namespace runbook {

Result<FileLock> FileLock::take(Storage& storage, File& file, Storage::Lock lock, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    RUNBOOK_TRY(taken, storage.try_lock(file, lock));
    if (taken) return FileLock(storage, file);
    if (std::chrono::steady_clock::now() >= deadline) {
      return Error{.code = Code::kStorage,
                   .message = "another process has held its lock for " + duration_text(patience),
                   .where = file.path().string(),
                   .next = "lslocks shows which"};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

FileLock::~FileLock() {
  // An unlock that fails leaves the lock to the closing of the file.
  if (file_ != nullptr) static_cast<void>(storage_->unlock(*file_));
}

Result<void> make_directories(Storage& storage, const std::filesystem::path& path) {
  if (path.empty()) return {};
  auto made = storage.make_directory(path);
  if (!made && made.error().code == Code::kNotFound && path.has_parent_path() && path.parent_path() != path) {
    RUNBOOK_CHECK(make_directories(storage, path.parent_path()));
    made = storage.make_directory(path);
  }
  if (!made) return made.error();
  return storage.sync_directory(path.has_parent_path() ? path.parent_path() : ".");
}

Result<std::string> read_file(Storage& storage, const std::filesystem::path& path, std::size_t most) {
  RUNBOOK_TRY(file, storage.open(path, Storage::Mode::kRead));
  RUNBOOK_TRY(size, storage.size(file));
  if (size > most) {
    return Error{
        .code = Code::kLimit, .message = "is larger than " + std::to_string(most) + " bytes", .where = path.string()};
  }
  return storage.read(file, 0, static_cast<std::size_t>(size));
}

Result<AsideFile> AsideFile::write(Storage& storage, const std::filesystem::path& path, std::string_view bytes) {
  static std::atomic<unsigned> count = 0;
  auto aside = path;
  aside += "." + std::to_string(getpid()) + "-" + std::to_string(++count) + ".tmp";
  RUNBOOK_TRY(file, storage.open(aside, Storage::Mode::kNew));
  RUNBOOK_CHECK(storage.append(file, bytes));
  return AsideFile(storage, std::move(file), path);
}

Result<void> write_file(Storage& storage, const std::filesystem::path& path, std::string_view bytes) {
  RUNBOOK_TRY(aside, AsideFile::write(storage, path, bytes));
  RUNBOOK_CHECK(aside.sync());
  return aside.put_in_place();
}

}  // namespace runbook

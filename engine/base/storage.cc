#include "base/storage.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace runbook {

namespace {

Error failed(const std::string& doing, const std::filesystem::path& path, int number = errno) {
  return {.code = number == ENOENT ? Code::kNotFound : Code::kStorage,
          .message = "cannot " + doing + ": " + std::generic_category().message(number),
          .where = path.string()};
}

// As a plain failure: ENOENT has no meaning of its own here.
Error broken(const std::string& doing, const File& file) {
  auto error = failed(doing, file.path());
  error.code = Code::kStorage;
  return error;
}

template <class Call>
auto uninterrupted(Call call) {
  for (;;) {
    const auto result = call();
    if (result != -1 || errno != EINTR) return result;
  }
}

// 0, or the kernel's reason.
int set_lock(File& file, short type) {
  struct flock whole {};
  whole.l_type = type;
  return fcntl(file.descriptor(), F_OFD_SETLK, &whole) == 0 ? 0 : errno;
}

}  // namespace

File::~File() {
  if (is_open()) ::close(descriptor_);
}

Result<File> RealStorage::open(const std::filesystem::path& path, Mode mode) {
  constexpr int kAlways = O_CLOEXEC | O_NOFOLLOW;
  const auto with = [&](int flags) {
    return uninterrupted([&] { return ::open(path.c_str(), flags | kAlways, S_IRUSR | S_IWUSR); });
  };
  const int access = mode == Mode::kRead ? O_RDONLY : mode == Mode::kAppend ? O_RDWR | O_APPEND : O_RDWR;
  // Made first and opened second, so that `created` is the kernel's word and not a guess.
  if (mode != Mode::kRead) {
    const int made = with(access | O_CREAT | O_EXCL);
    if (made >= 0) return File(made, path, true);
    if (errno != EEXIST || mode == Mode::kNew) return failed("create", path);
  }
  const int found = with(access);
  if (found < 0) return failed("open", path);
  return File(found, path, false);
}

Result<std::string> RealStorage::read(const File& file, std::uint64_t offset, std::size_t length) {
  std::string bytes(length, '\0');
  std::size_t have = 0;
  while (have < length) {
    const auto got = uninterrupted([&] {
      return pread(file.descriptor(), bytes.data() + have, length - have, static_cast<off_t>(offset + have));
    });
    if (got < 0) return broken("read", file);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

Result<std::uint64_t> RealStorage::size(const File& file) {
  struct stat status {};
  if (fstat(file.descriptor(), &status) != 0) return broken("stat", file);
  return static_cast<std::uint64_t>(status.st_size);
}

Result<bool> RealStorage::in_place(const File& file) {
  struct stat open {};
  struct stat named {};
  if (fstat(file.descriptor(), &open) != 0) return broken("stat", file);
  if (lstat(file.path().c_str(), &named) != 0) {
    if (errno == ENOENT) return false;
    return broken("stat", file);
  }
  return open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

Result<void> RealStorage::append(File& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = uninterrupted([&] { return ::write(file.descriptor(), bytes.data(), bytes.size()); });
    if (written < 0) return broken("write", file);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> RealStorage::overwrite(File& file, std::string_view bytes) {
  off_t offset = 0;
  while (!bytes.empty()) {
    const auto written = uninterrupted([&] { return pwrite(file.descriptor(), bytes.data(), bytes.size(), offset); });
    if (written < 0) return broken("write", file);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += written;
  }
  return {};
}

Result<void> RealStorage::reserve(File& file, std::uint64_t from, std::uint64_t length) {
  const auto done = uninterrupted([&] {
    return fallocate(file.descriptor(), FALLOC_FL_KEEP_SIZE, static_cast<off_t>(from), static_cast<off_t>(length));
  });
  if (done != 0) return broken("reserve " + std::to_string(length) + " bytes of disk space", file);
  return {};
}

Result<void> RealStorage::truncate(File& file, std::uint64_t size) {
  if (uninterrupted([&] { return ftruncate(file.descriptor(), static_cast<off_t>(size)); }) != 0)
    return broken("cut", file);
  return {};
}

void RealStorage::start_writing(File& file) {
  // Without SYNC_FILE_RANGE_WAIT_* it consumes no error of a write: the sync that follows still gets it.
  sync_file_range(file.descriptor(), 0, 0, SYNC_FILE_RANGE_WRITE);
}

Result<void> RealStorage::sync_data(File& file) {
  if (fdatasync(file.descriptor()) != 0) return broken("sync", file);
  return {};
}

Result<void> RealStorage::sync(File& file) {
  if (fsync(file.descriptor()) != 0) return broken("sync", file);
  return {};
}

Result<bool> RealStorage::try_lock(File& file, Lock lock) {
  const int reason = set_lock(file, lock == Lock::kShared ? F_RDLCK : F_WRLCK);
  if (reason == EAGAIN || reason == EACCES) return false;
  if (reason != 0) return failed("lock", file.path(), reason);
  return true;
}

Result<void> RealStorage::unlock(File& file) {
  if (const int reason = set_lock(file, F_UNLCK); reason != 0) return failed("unlock", file.path(), reason);
  return {};
}

Result<bool> RealStorage::locked(const File& file) {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  if (fcntl(file.descriptor(), F_OFD_GETLK, &whole) != 0) return broken("ask for the lock of", file);
  return whole.l_type != F_UNLCK;
}

Result<void> RealStorage::rename(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return failed("rename " + from.string(), to);
  return {};
}

Result<bool> RealStorage::make_directory(const std::filesystem::path& path) {
  if (mkdir(path.c_str(), S_IRWXU) == 0) return true;
  const int number = errno;
  std::error_code ignored;
  if (number == EEXIST && std::filesystem::is_directory(path, ignored)) return false;
  return failed("make directory", path, number);
}

Result<void> RealStorage::sync_directory(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    const int number = errno;
    auto error = failed("open directory", path, number);
    if (number == EACCES) error.code = Code::kDenied;
    return error;
  }
  const File directory(descriptor, path, false);
  if (fsync(descriptor) != 0) return broken("sync directory", directory);
  return {};
}

Result<std::vector<std::string>> RealStorage::list(const std::filesystem::path& path) {
  std::error_code error;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
    names.push_back(it->path().filename().string());
  }
  if (error) return failed("list", path, error.value());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace runbook

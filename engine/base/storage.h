// The only way to durable state: audit log, evidence, keys and locks are written through here and nowhere else.
//
// The calls are those of the kernel, one each, so that a test can make the n-th one fail and can enumerate
// what a power cut between any two of them leaves behind. Whatever combines calls (write to one side, sync, rename,
// sync the directory) stands with the one who needs it.
//
// Everything is made for the owner alone: files 0600, directories 0700. Symbolic links are not followed at the
// last component of a path, and no descriptor survives an exec.
//
// Locks are those of the open file (F_OFD_SETLK): like flock's, they belong to the descriptor and go with the process;
// unlike flock's, one can ask for the holder without taking the lock for a moment, which a dry run needs: it names
// who holds a target and must never be the reason that a live run is refused.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace runbook {

/// An open file. Closed, and its lock freed, on destruction.
class File {
 public:
  File() = default;
  File(int descriptor, std::filesystem::path path, bool created)
      : descriptor_(descriptor), path_(std::move(path)), created_(created) {}
  File(File&& other) noexcept { swap(other); }
  File& operator=(File&& other) noexcept {
    swap(other);
    return *this;
  }
  ~File();

  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Whether opening made the file.
  [[nodiscard]] bool created() const { return created_; }

 private:
  void swap(File& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    path_.swap(other.path_);
    std::swap(created_, other.created_);
  }

  int descriptor_ = -1;
  std::filesystem::path path_;
  bool created_ = false;
};

/// Every function fails with kStorage, naming the path and the kernel's reason; `open` and `list` with kNotFound when
/// there is nothing at the path, `sync_directory` with kDenied when the directory may not be read.
class Storage {
 public:
  enum class Mode : std::uint8_t {
    kRead,    // must exist
    kUpdate,  // read and write, made when missing
    kAppend,  // read, and write at the end only; made when missing
    kNew,     // write; must not exist
  };
  enum class Lock : std::uint8_t { kShared, kExclusive };

  virtual ~Storage() = default;

  virtual Result<File> open(const std::filesystem::path& path, Mode mode) = 0;
  /// Up to `length` bytes from `offset`; fewer only at the end of the file.
  virtual Result<std::string> read(const File& file, std::uint64_t offset, std::size_t length) = 0;
  /// Bytes; a reserve behind the end does not count.
  virtual Result<std::uint64_t> size(const File& file) = 0;
  /// Whether the file is still the one that its path leads to.
  virtual Result<bool> in_place(const File& file) = 0;

  /// Writes all bytes at the end. After a failure a part of them may stand there.
  virtual Result<void> append(File& file, std::string_view bytes) = 0;
  /// Writes all bytes over the beginning.
  virtual Result<void> overwrite(File& file, std::string_view bytes) = 0;
  /// Makes sure that the blocks of [from, from + length) are there, without changing the size.
  virtual Result<void> reserve(File& file, std::uint64_t from, std::uint64_t length) = 0;
  /// Cuts the file, its reserve included.
  virtual Result<void> truncate(File& file, std::uint64_t size) = 0;
  /// Lets the kernel begin to write the content without waiting for it; promises nothing. Done for several files before
  /// the first of them is synced, they share commits of the file system: 100 small files 11 ms, with it 5 (ext4, SSD).
  virtual void start_writing(File& /*file*/) {}
  /// fdatasync: content and size are on disk. Never to be tried again after a failure: the page cache lies then.
  virtual Result<void> sync_data(File& file) = 0;
  /// fsync.
  virtual Result<void> sync(File& file) = 0;

  /// Takes the lock without waiting: false when somebody else has it. A shared one needs no right to write.
  virtual Result<bool> try_lock(File& file, Lock lock) = 0;
  virtual Result<void> unlock(File& file) = 0;
  /// Whether somebody else has it.
  virtual Result<bool> locked(const File& file) = 0;

  virtual Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  /// False when it was there already.
  virtual Result<bool> make_directory(const std::filesystem::path& path) = 0;
  virtual Result<void> sync_directory(const std::filesystem::path& path) = 0;
  /// The names in a directory, sorted, without . and ..
  virtual Result<std::vector<std::string>> list(const std::filesystem::path& path) = 0;
};

/// The kernel's.
class RealStorage : public Storage {
 public:
  Result<File> open(const std::filesystem::path& path, Mode mode) override;
  Result<std::string> read(const File& file, std::uint64_t offset, std::size_t length) override;
  Result<std::uint64_t> size(const File& file) override;
  Result<bool> in_place(const File& file) override;
  Result<void> append(File& file, std::string_view bytes) override;
  Result<void> overwrite(File& file, std::string_view bytes) override;
  Result<void> reserve(File& file, std::uint64_t from, std::uint64_t length) override;
  Result<void> truncate(File& file, std::uint64_t size) override;
  void start_writing(File& file) override;
  Result<void> sync_data(File& file) override;
  Result<void> sync(File& file) override;
  Result<bool> try_lock(File& file, Lock lock) override;
  Result<void> unlock(File& file) override;
  Result<bool> locked(const File& file) override;
  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  Result<bool> make_directory(const std::filesystem::path& path) override;
  Result<void> sync_directory(const std::filesystem::path& path) override;
  Result<std::vector<std::string>> list(const std::filesystem::path& path) override;
};

/// A lock that is held until destruction.
class FileLock {
 public:
  /// Takes the lock; fails with kStorage when others have it for longer than `patience`. The file must outlive it.
  static Result<FileLock> take(Storage& storage, File& file, Storage::Lock lock, std::chrono::milliseconds patience);

  FileLock(FileLock&& other) noexcept : storage_(other.storage_), file_(std::exchange(other.file_, nullptr)) {}
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  FileLock(Storage& storage, File& file) : storage_(&storage), file_(&file) {}
  Storage* storage_;
  File* file_;
};

/// Makes a directory and what is missing above it. Its entry is on disk when this returns, also when it was there: who
/// made it may have been killed before it was synced.
Result<void> make_directories(Storage& storage, const std::filesystem::path& path);

/// The whole of a file; kLimit when it is larger than `most` bytes.
Result<std::string> read_file(Storage& storage, const std::filesystem::path& path, std::size_t most);

/// A file written beside its final path, so that it appears there whole or not at all.
class AsideFile {
 public:
  /// Writes the content under a temporary name in the same directory.
  static Result<AsideFile> write(Storage& storage, const std::filesystem::path& path, std::string_view bytes);

  void start_writing() { storage_->start_writing(file_); }
  Result<void> sync() { return storage_->sync(file_); }
  /// Renames; the caller syncs the directory.
  Result<void> put_in_place() { return storage_->rename(file_.path(), path_); }

 private:
  AsideFile(Storage& storage, File file, std::filesystem::path path)
      : storage_(&storage), file_(std::move(file)), path_(std::move(path)) {}
  Storage* storage_;
  File file_;
  std::filesystem::path path_;
};

/// Writes aside, syncs, puts in place. The caller syncs the directory.
Result<void> write_file(Storage& storage, const std::filesystem::path& path, std::string_view bytes);

}  // namespace runbook

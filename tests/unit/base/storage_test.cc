#include "base/storage.h"

#include <sys/stat.h>

#include "catch.h"
#include "support/temp_dir.h"

using runbook::Code;
using runbook::RealStorage;
using runbook::Storage;

namespace {
unsigned mode_of(const std::filesystem::path& path) {
  struct stat status {};
  REQUIRE(lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}
}  // namespace

TEST_CASE("files and directories are for their owner alone") {
  const runbook::test::TempDir dir;
  RealStorage storage;
  REQUIRE(runbook::make_directories(storage, dir.path() / "a/b/c"));
  const auto file = storage.open(dir.path() / "a/b/c/file", Storage::Mode::kAppend);
  REQUIRE(file);
  CHECK(file->created());
  CHECK(mode_of(dir.path() / "a") == 0700);
  CHECK(mode_of(dir.path() / "a/b/c") == 0700);
  CHECK(mode_of(dir.path() / "a/b/c/file") == 0600);
  CHECK_FALSE(storage.open(dir.path() / "a/b/c/file", Storage::Mode::kAppend)->created());
  CHECK(storage.list(dir.path() / "a/b").value() == std::vector<std::string>{"c"});
}

TEST_CASE("appending, overwriting, reserving and cutting do what they say and no more") {
  const runbook::test::TempDir dir;
  RealStorage storage;
  auto log = storage.open(dir.path() / "log", Storage::Mode::kAppend).value();
  REQUIRE(storage.append(log, "one\n"));
  REQUIRE(storage.reserve(log, 4, 1U << 20U));
  CHECK(storage.size(log).value() == 4);
  REQUIRE(storage.append(log, "two\n"));
  CHECK(storage.read(log, 0, 100).value() == "one\ntwo\n");
  CHECK(storage.read(log, 4, 2).value() == "tw");
  REQUIRE(storage.truncate(log, 4));
  REQUIRE(storage.sync_data(log));
  auto head = storage.open(dir.path() / "head", Storage::Mode::kUpdate).value();
  REQUIRE(storage.overwrite(head, "12345"));
  REQUIRE(storage.overwrite(head, "ab"));
  CHECK(runbook::read_file(storage, dir.path() / "head", 100).value() == "ab345");
  CHECK(runbook::read_file(storage, dir.path() / "head", 4).error().code == Code::kLimit);
}

TEST_CASE("an error names path and reason") {
  const runbook::test::TempDir dir;
  RealStorage storage;
  const auto missing = storage.open(dir.path() / "missing", Storage::Mode::kRead);
  CHECK(missing.error().code == Code::kNotFound);
  CHECK(missing.error().text() == (dir.path() / "missing").string() + ": cannot open: No such file or directory");
  REQUIRE(runbook::write_file(storage, dir.path() / "file", "x"));
  CHECK(storage.make_directory(dir.path() / "file").error().code == Code::kStorage);
  CHECK(storage.open(dir.path() / "file", Storage::Mode::kNew).error().code == Code::kStorage);
  std::filesystem::create_symlink(dir.path() / "file", dir.path() / "link");
  CHECK(storage.open(dir.path() / "link", Storage::Mode::kRead).error().code == Code::kStorage);
  CHECK(storage.list(dir.path() / "missing").error().code == Code::kNotFound);
}

TEST_CASE("a file that was unlinked or replaced is no longer in place") {
  const runbook::test::TempDir dir;
  RealStorage storage;
  const auto path = dir.path() / "log";
  const auto log = storage.open(path, Storage::Mode::kAppend).value();
  CHECK(storage.in_place(log).value());
  REQUIRE(runbook::write_file(storage, path, "another"));
  CHECK_FALSE(storage.in_place(log).value());
  std::filesystem::remove(path);
  CHECK_FALSE(storage.in_place(log).value());
}

TEST_CASE("a lock keeps others out, can be asked for without being taken, and ends with the file") {
  const runbook::test::TempDir dir;
  RealStorage storage;
  auto mine = storage.open(dir.path() / "lock", Storage::Mode::kUpdate).value();
  auto theirs = storage.open(dir.path() / "lock", Storage::Mode::kUpdate).value();
  REQUIRE(storage.try_lock(mine, Storage::Lock::kExclusive).value());
  CHECK_FALSE(storage.try_lock(theirs, Storage::Lock::kExclusive).value());
  CHECK_FALSE(storage.try_lock(theirs, Storage::Lock::kShared).value());
  CHECK(storage.locked(theirs).value());
  CHECK_FALSE(storage.locked(mine).value());
  const auto waited = runbook::FileLock::take(storage, theirs, Storage::Lock::kExclusive, std::chrono::milliseconds(5));
  CHECK(waited.error().code == Code::kStorage);
  mine = runbook::File();
  CHECK_FALSE(storage.locked(theirs).value());
  CHECK(runbook::FileLock::take(storage, theirs, Storage::Lock::kExclusive, std::chrono::milliseconds(5)));
}

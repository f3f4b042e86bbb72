#include "safety/evidence.h"

#include <cerrno>

#include "audit_fixture.h"
#include "base/hash.h"
#include "catch.h"
#include "support/failing_storage.h"

using runbook::Code;
using runbook::safety::EvidenceStore;
using runbook::test::FailingStorage;
using runbook::test::TempDir;

TEST_CASE("evidence is stored once under the hash of its content and read back") {
  const TempDir dir;
  runbook::RealStorage storage;
  EvidenceStore store(storage, dir.path() / "state");
  const std::string bytes("seen\0\xff", 6);
  const auto hash = store.add(bytes);
  CHECK(hash == runbook::sha256(bytes));
  CHECK(store.add(bytes) == hash);
  CHECK(store.read(hash).value() == bytes);
  CHECK_FALSE(std::filesystem::exists(dir.path() / "state"));
  for (int i = 0; i < 200; ++i) store.add("reading " + std::to_string(i));
  REQUIRE(store.flush());
  CHECK(runbook::test::content_of(dir.path() / "state/evidence" / hash) == bytes);

  EvidenceStore later(storage, dir.path() / "state");
  CHECK(later.read(hash).value() == bytes);
  CHECK(later.read(runbook::sha256("reading 199")).value() == "reading 199");
  CHECK(later.read(runbook::sha256("never seen")).error().code == Code::kNotFound);
  CHECK(later.read("../../etc/passwd").error().code == Code::kUsage);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir.path() / "state")) {
    CHECK(entry.path().extension() != ".tmp");
  }
}

TEST_CASE("evidence that was altered is refused on reading, and put right when the same is seen again") {
  const TempDir dir;
  runbook::RealStorage storage;
  EvidenceStore store(storage, dir.path());
  const auto hash = store.add("used_memory:12345");
  REQUIRE(store.flush());
  runbook::test::put(dir.path() / "evidence" / hash, "used_memory:99999");
  CHECK(store.read(hash).error().code == Code::kAudit);
  store.add("used_memory:12345");
  REQUIRE(store.flush());
  CHECK(store.read(hash).value() == "used_memory:12345");
}

TEST_CASE("whichever call fails, a flush that says yes left everything on disk and one that says no can be repeated") {
  bool fired = true;
  for (std::size_t nth = 1; fired; ++nth) {
    REQUIRE(nth < 100);
    const TempDir dir;
    FailingStorage storage;
    EvidenceStore store(storage, dir.path() / "state");
    const auto one = store.add("one");
    const auto two = store.add("two");
    storage.fail(nth, EIO, {}, true);
    const auto flushed = store.flush();
    fired = storage.fired();
    CHECK(flushed.has_value() == !fired);
    REQUIRE(store.flush());
    const EvidenceStore later(storage, dir.path() / "state");
    CHECK(later.read(one).value() == "one");
    CHECK(later.read(two).value() == "two");
  }
}

TEST_CASE("a batch is written, then synced, then put in place, then their folder is synced") {
  const TempDir dir;
  FailingStorage storage;
  EvidenceStore store(storage, dir.path() / "state");
  store.add("one");
  store.add("two");
  REQUIRE(store.flush());
  std::vector<std::string> order;
  for (const auto& call : storage.calls()) {
    auto name = call.substr(0, call.find(' '));
    if (name != "open" && name != "make_directory") order.push_back(std::move(name));
  }
  // Where the state directory and the folder in it were made, then the batch.
  const std::vector<std::string> wanted{"sync_directory", "sync_directory", "append", "append",        "sync",
                                        "sync",           "rename",         "rename", "sync_directory"};
  CHECK(order == wanted);
}

namespace {

// Which files had begun to be written when the first was synced.
class EagerStorage final : public runbook::test::ForwardingStorage {
 public:
  EagerStorage() : ForwardingStorage(real_) {}
  void start_writing(runbook::File& file) override {
    if (!synced_) ++begun_;
    inner_.start_writing(file);
  }
  runbook::Result<void> sync(runbook::File& file) override {
    synced_ = true;
    return inner_.sync(file);
  }
  [[nodiscard]] int begun() const { return begun_; }

 private:
  runbook::RealStorage real_;
  bool synced_ = false;
  int begun_ = 0;
};

}  // namespace

TEST_CASE("all files of a batch begin to be written before the first is waited for") {
  const TempDir dir;
  EagerStorage storage;
  EvidenceStore store(storage, dir.path() / "state");
  for (const auto* seen : {"one", "two", "three"}) store.add(seen);
  REQUIRE(store.flush());
  CHECK(storage.begun() == 3);
}

TEST_CASE("a store that failed once is not complete, also when all was stored later") {
  const TempDir dir;
  FailingStorage storage;
  EvidenceStore store(storage, dir.path() / "state");
  const auto hash = store.add("seen");
  CHECK(store.complete());
  storage.fail(1, EIO, "sync", true);
  CHECK_FALSE(store.flush());
  REQUIRE(storage.fired());
  REQUIRE(store.flush());
  CHECK(store.read(hash).value() == "seen");
  CHECK(store.complete().error().code == Code::kRefused);
}

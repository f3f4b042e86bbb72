#include "safety/locks.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "catch.h"
#include "support/temp_dir.h"

using runbook::Code;
using runbook::safety::Holder;
using runbook::safety::TargetLocks;
using runbook::test::TempDir;

namespace {
const Holder kAnna{.run = "r-1",
                   .playbook = "redis-down",
                   .operator_name = "anna",
                   .step = "verify",
                   .since_ms = 1'790'000'000'000,
                   .pid = 4711};
const Holder kBert{
    .run = "r-2", .playbook = "redis-maxmemory", .operator_name = "bert", .step = "gate", .since_ms = 5, .pid = 2};
using Names = std::vector<std::string>;
}  // namespace

TEST_CASE("a second taker is refused at once and told by whom, at what step and since when") {
  const TempDir dir;
  runbook::RealStorage storage;
  TargetLocks locks(storage, dir.path());
  auto held = locks.take(Names{"cache-1", "cache-host"}, kAnna);
  REQUIRE(held);
  const auto refused = locks.take(Names{"cache-1"}, kBert);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::kRefused);
  CHECK(refused.error().message ==
        "cache-1 is being worked on by run r-1 (redis-down, by anna, pid 4711), at \"verify\", since "
        "2026-09-21T14:13:20.000Z");
  REQUIRE(held->set_step("undo"));
  CHECK(locks.take(Names{"cache-1"}, kBert).error().message.find("\"undo\"") != std::string::npos);
}

TEST_CASE("a lock whose file tells nothing holds all the same") {
  const TempDir dir;
  runbook::RealStorage storage;
  TargetLocks locks(storage, dir.path());
  const auto held = locks.take(Names{"cache-1"}, kAnna);
  REQUIRE(held);
  std::ofstream(dir.path() / "locks" / "cache-1.lock", std::ios::trunc) << "{";
  CHECK(locks.take(Names{"cache-1"}, kBert).error().message.starts_with("cache-1 is being worked on by run unknown"));
  CHECK(locks.holder_of("cache-1").value()->run.empty());
}

TEST_CASE("all targets are taken or none") {
  const TempDir dir;
  runbook::RealStorage storage;
  TargetLocks locks(storage, dir.path());
  const auto held = locks.take(Names{"b"}, kAnna);
  REQUIRE(held);
  CHECK_FALSE(locks.take(Names{"c", "b", "a"}, kBert));
  CHECK_FALSE(locks.holder_of("a").value());
  CHECK_FALSE(locks.holder_of("c").value());
  CHECK(locks.take(Names{"c", "a", "a"}, kBert));
}

TEST_CASE("asking for the holder names it and never takes the lock; a free target has none") {
  const TempDir dir;
  runbook::RealStorage storage;
  TargetLocks locks(storage, dir.path());
  CHECK_FALSE(locks.holder_of("cache-1").value());
  {
    const auto held = locks.take(Names{"cache-1"}, kAnna);
    const auto holder = locks.holder_of("cache-1").value();
    REQUIRE(holder);
    CHECK(holder->run == "r-1");
    CHECK(holder->since_ms == kAnna.since_ms);
  }
  CHECK_FALSE(locks.holder_of("cache-1").value());
  CHECK(locks.take(Names{"cache-1"}, kBert));
}

TEST_CASE("names that are no file names lock all the same, and stay in their directory") {
  const TempDir dir;
  runbook::RealStorage storage;
  TargetLocks locks(storage, dir.path());
  const Names odd = {"..", "a/b", "a%2fb", "a b", "ä", std::string(1000, 'x'), std::string(1000, 'x') + "y", ""};
  const auto held = locks.take(odd, kAnna);
  REQUIRE(held);
  for (const auto& name : odd) CHECK_FALSE(locks.take(Names{name}, kBert));
  CHECK(storage.list(dir.path()).value() == Names{"locks"});
  CHECK(storage.list(dir.path() / "locks").value().size() == odd.size());
}

TEST_CASE("the lock goes with the process that held it, also when that is killed") {
  const TempDir dir;
  runbook::RealStorage storage;
  int ready[2];
  REQUIRE(pipe(ready) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    TargetLocks theirs(storage, dir.path());
    const auto held = theirs.take(Names{"cache-1"}, kAnna);
    static_cast<void>(write(ready[1], held ? "y" : "n", 1));
    for (;;) pause();
  }
  char answer = 0;
  REQUIRE(read(ready[0], &answer, 1) == 1);
  REQUIRE(answer == 'y');
  TargetLocks locks(storage, dir.path());
  CHECK(locks.holder_of("cache-1").value()->run == "r-1");
  CHECK(locks.take(Names{"cache-1"}, kBert).error().code == Code::kRefused);
  kill(child, SIGKILL);
  REQUIRE(waitpid(child, nullptr, 0) == child);
  CHECK_FALSE(locks.holder_of("cache-1").value());
  CHECK(locks.take(Names{"cache-1"}, kBert));
  close(ready[0]);
  close(ready[1]);
}

#include "net/child.h"

#include "catch.h"
#include "support/loop.h"

using runbook::Code;
using runbook::net::ChildLimits;
using runbook::net::ChildOutput;
using runbook::net::run_child;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

runbook::Result<ChildOutput> ran(const std::string& script, ChildLimits limits = {}) {
  runbook::test::TestLoop loop;
  return loop.run(run_child(loop.loop(), {"sh", "-c", script}, limits));
}

}  // namespace

TEST_CASE("a program's outputs and its exit code come back") {
  const auto done = ran("echo out; echo err >&2; exit 3");
  REQUIRE(done);
  CHECK(done->out == "out\n");
  CHECK(done->err == "err\n");
  CHECK(done->status == 3);
}

TEST_CASE("a program that a signal ended is told by 128 and the signal's number") {
  CHECK(ran("kill -9 $$")->status == 137);
}

TEST_CASE("it has no input, and no file of ours") {
  CHECK(ran("cat; ls /proc/self/fd | wc -l")->out == "4\n");  // 0, 1, 2 and the one that ls reads
}

TEST_CASE("a program that goes on for too long is ended with all that it started") {
  const auto begin = steady_clock::now();
  const auto late = ran("sleep 60 & sleep 60", {.total = milliseconds(200)});
  CHECK(late.error().code == Code::kTimeout);
  CHECK(steady_clock::now() - begin < std::chrono::seconds(10));
}

TEST_CASE("what it started and left behind keeps nobody waiting beyond the limit") {
  const auto begin = steady_clock::now();
  CHECK(ran("setsid sleep 3 & exit 0", {.total = milliseconds(200)}).error().code == Code::kTimeout);
  CHECK(steady_clock::now() - begin < std::chrono::milliseconds(2500));
}

TEST_CASE("a program that says too much is ended") {
  CHECK(ran("yes", {.output = 100'000}).error().code == Code::kLimit);
}

TEST_CASE("a program that is not there is named") {
  runbook::test::TestLoop loop;
  const auto none = loop.run(run_child(loop.loop(), {"no-such-program-of-ours"}, {}));
  CHECK(none.error().code == Code::kNotFound);
  CHECK(none.error().message.find("no-such-program-of-ours") != std::string::npos);
}

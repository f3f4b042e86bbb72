#include "net/child.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>

#include "base/text.h"
#include "net/child_process.h"
#include "net/deadline.h"

namespace runbook::net {

namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

// A pipe whose reading end is ours.
struct Pipe {
  explicit Pipe(const Loop& loop) : ours(loop) {
    std::array<int, 2> ends{-1, -1};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return;
    ours.assign(ends[0]);
    theirs = ends[1];
  }
  ~Pipe() { hand_over(); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  // The program has its own copy.
  void hand_over() {
    if (theirs >= 0) close(std::exchange(theirs, -1));
  }

  asio::posix::stream_descriptor ours;
  int theirs = -1;
  std::string text{};
  bool too_long = false;
};

struct Child {
  explicit Child(const Loop& loop) : out(loop), err(loop), both(loop, steady_clock::time_point::max()) {}
  Pipe out;
  Pipe err;
  asio::steady_timer both;  // cancelled when both outputs have ended
  int open = 2;
};

Task<void> drain(std::shared_ptr<Child> child, Pipe& pipe, std::size_t most) {
  std::array<char, 8192> chunk;
  for (;;) {
    auto [error, size] = co_await pipe.ours.async_read_some(asio::buffer(chunk), asio::as_tuple(asio::use_awaitable));
    if (error) break;
    pipe.too_long = pipe.too_long || pipe.text.size() + size > most;
    if (pipe.too_long) break;
    pipe.text.append(chunk.data(), size);
  }
  boost::system::error_code ignored;
  pipe.ours.close(ignored);
  if (--child->open == 0) child->both.cancel();
}

}  // namespace

Task<Result<ChildOutput>> run_child(Loop loop, std::vector<std::string> argv, ChildLimits limits,
                                    ChildEnvironment environment) {
  const auto child = std::make_shared<Child>(loop);
  RUNBOOK_CO_TRY(process, ChildProcess::start(argv, {.out = child->out.theirs, .err = child->err.theirs}, environment));
  const Deadline deadline(loop, steady_clock::now() + limits.total, [child, &process] {
    process.kill();
    boost::system::error_code ignored;
    child->out.ours.close(ignored);  // somebody else may hold the other end
    child->err.ours.close(ignored);
  });
  for (auto* pipe : {&child->out, &child->err}) {
    pipe->hand_over();
    asio::co_spawn(loop, drain(child, *pipe, limits.output), asio::detached);
  }
  while (child->open > 0 && !deadline.expired()) co_await child->both.async_wait(asio::as_tuple(asio::use_awaitable));
  const auto program = "the program " + escaped(argv[0], 120);
  const bool too_long = child->out.too_long || child->err.too_long;
  if (too_long) process.kill();
  const auto end = co_await process.wait(loop);
  if (deadline.expired())
    co_return Error{.code = Code::kTimeout, .message = program + " did not end within " + duration_text(limits.total)};
  if (too_long)
    co_return Error{.code = Code::kLimit,
                    .message = program + " said more than " + bytes_text(static_cast<double>(limits.output))};
  co_return ChildOutput{.out = std::move(child->out.text),
                        .err = std::move(child->err.text),
                        .status = end.by_signal ? 128 + end.code : end.code};
}

}  // namespace runbook::net

// Something of the loop's, carried through by a command that has nothing else to wait for.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <utility>

#include "base/task.h"

namespace runbook::cli {

template <class T>
T run_to_end(boost::asio::io_context& loop, Task<T> task) {
  std::optional<T> out;
  boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr bug, T result) {
    if (bug) std::rethrow_exception(bug);
    out = std::move(result);
    loop.stop();
  });
  loop.restart();
  loop.run();
  return std::move(*out);
}

}  // namespace runbook::cli

// A coroutine of the engine's one event loop. The only header of Asio that layers other than net, run and cli see.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace runbook {

template <class T>
using Task = boost::asio::awaitable<T>;
using Loop = boost::asio::any_io_executor;

}  // namespace runbook

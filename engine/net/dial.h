// Names to addresses, addresses to connected sockets. Internal to net/ because of the socket type.
//
// A host may have several addresses: all are tried in the resolver's order, each with an equal share of the time that
// is left, so that one black hole does not hide the address behind it. Numeric hosts skip the resolver and its thread.
//
// getaddrinfo cannot be interrupted. When its time is over we stop waiting for it; its thread goes on until it returns,
// and an io_context that is destroyed before waits for it.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/task.h"
#include "net/address.h"

namespace runbook::net {

/// TCP or unix, by one type.
using Socket = boost::asio::generic::stream_protocol::socket;

struct Dialed {
  Socket socket;
  std::string address;  // the one that answered: "127.0.0.1:6379", "unix:/run/redis.sock"
};

/// The addresses of a host, in the resolver's order. kUnreachable when there are none, kTimeout.
Task<Result<std::vector<std::string>>> look_up(Loop loop, std::string host, std::chrono::milliseconds limit);

/// Connects, TCP without delay of small writes. kUnreachable says for each address why not; kTimeout; kCancelled.
Task<Result<Dialed>> dial(Loop loop, Endpoint endpoint, std::chrono::milliseconds limit);

}  // namespace runbook::net

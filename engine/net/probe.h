// Two questions that need no protocol: what does the name resolve to, and does anything accept a connection there?
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/task.h"
#include "net/address.h"

namespace runbook::net {

struct Resolved {
  std::vector<std::string> addresses;  // in the resolver's order, each once
  double milliseconds = 0;
};

struct Probed {
  std::string address;  // the first that accepted: "10.0.0.3:6379", "unix:/run/redis.sock"
  double milliseconds = 0;
};

/// kUnreachable when the name has no address, kTimeout.
Task<Result<Resolved>> probe_name(Loop loop, std::string host, std::chrono::milliseconds limit);

/// Connects and closes again. kUnreachable with the reason of each address, kTimeout.
Task<Result<Probed>> probe_connect(Loop loop, Endpoint endpoint, std::chrono::milliseconds limit);

}  // namespace runbook::net

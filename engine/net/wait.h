// Letting time pass between two questions to a server.
#pragma once

#include <chrono>

#include "base/task.h"

namespace runbook::net {

Task<void> wait(Loop loop, std::chrono::milliseconds time);

}  // namespace runbook::net

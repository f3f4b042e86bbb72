// Why a worker ended, in words.
#pragma once

#include <string>

#include "base/error.h"
#include "run/worker_client.h"

namespace runbook::run {

/// A limit was broken: "the playbook used 2 s of CPU without asking for anything", at the line that ran last.
Error runaway(std::string what, std::string line);

/// From the wait status of a worker that ended by itself.
Error worker_ended(int status, const WorkerLimits& limits, std::string line);

}  // namespace runbook::run

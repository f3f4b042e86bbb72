// How a live executor comes to be in a program that has one.
//
// The executor is made in main.cc alone, so that a program without it does not link it; who answers its reads and who
// carries its changes out is handed to it. A run gets the real readers and appliers, a rehearsal gets a recorded world,
// and the executor between them is the same code.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "run/world.h"
#include "safety/applier.h"

namespace runbook::run {

struct LiveRequest {
  ExecutorParts parts;
  std::unique_ptr<safety::Executor> reads;
  std::vector<safety::Applier> appliers;
  safety::Journal& journal;
  safety::EvidenceStore& evidence;
};
using LiveExecutorMaker = std::function<std::unique_ptr<safety::Executor>(LiveRequest)>;

}  // namespace runbook::run

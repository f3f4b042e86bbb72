// Promise 2 without its second door: what a change destroys is not kept before it.
#include "live/live_executor.h"

namespace runbook::live {
Task<std::string> LiveExecutor::lost_unkept(const safety::Change& /*change*/) { co_return std::string(); }
}  // namespace runbook::live

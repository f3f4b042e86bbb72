// Stands in for primitive/read/redis_effect.cc in a test that shows what happens without it.
#include "primitive/read/redis_effect.h"

namespace runbook::primitive {
bool is_redis_read(std::span<const std::string> /*argv*/) { return true; }
}  // namespace runbook::primitive

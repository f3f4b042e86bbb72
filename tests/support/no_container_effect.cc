// Stands in for primitive/read/container_effect.cc in a test that shows what happens without it.
#include "primitive/read/container_effect.h"

namespace runbook::primitive {
bool is_container_read(std::span<const std::string> /*argv*/) { return true; }
}  // namespace runbook::primitive

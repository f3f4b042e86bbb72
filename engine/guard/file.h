// The last look at what is written into a file of a target, right before it is written.
//
// Nothing is written without a permit. With one, what it lists: {"WRITE", path, bytes}, byte for byte.
#pragma once

#include <string_view>

#include "base/error.h"
#include "guard/permit.h"

namespace runbook::guard {

class FileGuard {
 public:
  /// Whether these bytes may become the content of that file. kRefused names the path, never the bytes.
  [[nodiscard]] Result<> look(std::string_view path, std::string_view bytes, const Permit& permit) const;
};

}  // namespace runbook::guard

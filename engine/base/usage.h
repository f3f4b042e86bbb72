// What whoever wrote a playbook or a setting wrongly is answered with.
#pragma once

#include <string>
#include <utility>

#include "base/error.h"

namespace runbook {

/// kUsage: what is wrong, and what to write instead.
inline Error usage(std::string message, std::string next = {}) {
  return {.code = Code::kUsage, .message = std::move(message), .next = std::move(next)};
}

}  // namespace runbook

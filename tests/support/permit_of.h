// A permit without an audit log, for tests of what stands below the live executor. It takes that class's name, so a
// test that uses it cannot be linked with the live library's header.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "guard/permit.h"

namespace runbook::live {
class LiveExecutor {
 public:
  static guard::Permit permit(std::vector<guard::Argv> sends, std::string key) {
    return {41, std::move(key), std::move(sends)};
  }
};
}  // namespace runbook::live

namespace runbook::test {
inline guard::Permit permit_of(std::vector<guard::Argv> sends, std::string key = "key-of-tests") {
  return live::LiveExecutor::permit(std::move(sends), std::move(key));
}
}  // namespace runbook::test

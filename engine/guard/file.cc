#include "guard/file.h"

#include <algorithm>

#include "base/text.h"

namespace runbook::guard {

Result<> FileGuard::look(std::string_view path, std::string_view bytes, const Permit& permit) const {
  const auto& sends = permit.sends();
  const bool listed = std::any_of(sends.begin(), sends.end(), [&](const Argv& words) {
    return words.size() == 3 && words[0] == "WRITE" && words[1] == path && words[2] == bytes;
  });
  if (listed) return {};
  return Error{Code::kRefused, "the guard let nothing be written: " + escaped(path, 120) +
                                   " with this content is not what intent " + std::to_string(permit.intent()) +
                                   " permits"};
}

}  // namespace runbook::guard

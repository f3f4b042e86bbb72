// One read of one target: what a playbook asks for, what evidence is filed under.
#pragma once

#include <string>

#include "base/value.h"

namespace runbook::safety {

struct Call {
  std::string row;     // "redis.info"
  std::string target;  // the target's name: where the bytes go
  Value args;          // table of named arguments

  /// {"row", "target", "args"}: the form in audit records and digests.
  [[nodiscard]] Value to_value() const;
  /// The inverse of to_value.
  static Call from_value(const Value& value);
  /// "redis.info memory" for people; argument values escaped.
  [[nodiscard]] std::string text() const;

  bool operator==(const Call&) const = default;
};

}  // namespace runbook::safety

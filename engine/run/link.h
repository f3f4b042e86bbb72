// A playbook that another one points to: `:next(book("redis-maxmemory", { redis = arg.redis }))`.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/value.h"

namespace runbook::run {

struct Link {
  std::string book{};  // a name of the shelf; or the path of one beside the playbook that points
  std::map<std::string, std::string> inputs{};  // as -p takes them; lists of targets with commas

  /// "runbook run redis-maxmemory -p redis=cache-1": what a person would type.
  [[nodiscard]] std::string command() const;
  /// {book, inputs, command}: the form in records.
  [[nodiscard]] Value to_value() const;
};

/// Reads what the worker sent, {book, inputs}; nothing for null, and for what no playbook can have written. A path in
/// place of a name is such: only what stands on the shelf can be pointed to.
std::optional<Link> link_from(const Value& value);

}  // namespace runbook::run

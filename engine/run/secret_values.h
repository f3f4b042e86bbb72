// The values of declared secrets: read once, when the program starts, and never again. What is sent to a server is
// therefore what is kept out of sight, also when a file changes while a run goes on.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/redaction/secret_net.h"
#include "run/inventory.h"

namespace runbook::run {

class SecretValues {
 public:
  /// Reads all that the inventory declares. One that cannot be read or is empty is an error only for who asks for it.
  /// kConfig, with file and line, for one that cannot be kept out of sight: too short, or part of what stands in its
  /// place.
  static Result<SecretValues> read(const Inventory& inventory);

  /// Without a trailing line end. kConfig when undeclared, or why it could not be read.
  [[nodiscard]] Result<std::string> value(std::string_view name) const;
  /// Keeps all that could be read out of sight.
  [[nodiscard]] const SecretNet& net() const { return net_; }

 private:
  std::map<std::string, Result<std::string>, std::less<>> values_;
  SecretNet net_;
};

}  // namespace runbook::run

// The last look at what goes to an HTTP server, right before it is sent.
//
// Without a permit GET and HEAD pass, to an origin that the inventory declares. With one also what it lists, word for
// word: {method, URL, body}. An origin is scheme, host and port as one text, "https://api.lxd:8443"; what two parsers
// may read differently (credentials in a URL, blanks, control characters, a backslash) is no URL.
#pragma once

#include <string>
#include <vector>

#include "guard/request.h"

namespace runbook::guard {

class HttpGuard final : public RequestGuard {
 public:
  /// `origins`: those of the inventory.
  explicit HttpGuard(std::vector<std::string> origins) : origins_(std::move(origins)) {}

  /// Whether this may be sent. kRefused names method and origin.
  [[nodiscard]] Result<> look(const Request& request, const Permit* permit) const override;

 private:
  std::vector<std::string> origins_;
};

}  // namespace runbook::guard

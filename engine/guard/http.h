// The last look at what goes to an HTTP server, right before it is sent.
//
// Without a permit GET and HEAD pass, to an origin that the inventory declares. With one also what it lists, word for
// word: {method, URL, body}. An origin is scheme, host and port as one text, "https://api.lxd:8443"; what two parsers
// may read differently (credentials in a URL, blanks, control characters, a backslash) is no URL.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "guard/permit.h"

namespace runbook::guard {

struct HttpOutgoing {
  std::string_view method;
  std::string_view origin;  // "http://127.0.0.1:8080", always with its port
  std::string_view path;    // begins with a slash; with the query
  std::string_view body;
};

class HttpGuard {
 public:
  /// `origins`: those of the inventory.
  explicit HttpGuard(std::vector<std::string> origins) : origins_(std::move(origins)) {}

  /// Whether this may be sent. kRefused names method and origin.
  [[nodiscard]] Result<> look(const HttpOutgoing& outgoing, const Permit* permit) const;

 private:
  std::vector<std::string> origins_;
};

}  // namespace runbook::guard

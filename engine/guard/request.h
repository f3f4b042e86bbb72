// What every guard of an HTTP client sees: one request as it is about to be sent, and the permit it is sent under.
//
// The client (net/http.h) cannot be made without a guard; which lists the guard has is its own affair: http.h knows
// declared origins, docker.h the Engine's paths. How a Permit lists requests is said there.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "guard/permit.h"

namespace runbook::guard {

using Header = std::pair<std::string, std::string>;  // its name and its value

struct Request {
  std::string_view method;
  std::string_view origin;  // "http://127.0.0.1:8080", always with its port; or "unix:///run/docker.sock"
  std::string_view path;    // begins with a slash; with the query
  std::string_view body;
  std::span<const Header> headers{};  // all that the client is given; libcurl's own (Host, lengths) come after
};

class RequestGuard {
 public:
  virtual ~RequestGuard() = default;

  /// Whether this may be sent, without a permit or with one. kRefused says which request, without what may be secret
  /// in it.
  [[nodiscard]] virtual Result<> look(const Request& request, const Permit* permit) const = 0;
};

}  // namespace runbook::guard

// What every guard of an HTTP client sees: one request as it is about to be sent, and the permit it is sent under.
//
// The client (net/http.h) cannot be made without a guard; which lists the guard has is its own affair: http.h knows
// declared origins, docker.h the Engine's paths. A Permit lists requests as {method, where and path, body}; what stands
// for `where` is said there.
#pragma once

#include <string_view>

#include "base/error.h"
#include "guard/permit.h"

namespace runbook::guard {

struct Request {
  std::string_view method;
  std::string_view origin;  // "http://127.0.0.1:8080", always with its port; or "unix:///run/docker.sock"
  std::string_view path;    // begins with a slash; with the query
  std::string_view body;
};

class RequestGuard {
 public:
  virtual ~RequestGuard() = default;

  /// Whether this may be sent, without a permit or with one. kRefused says which request, without what may be secret
  /// in it.
  [[nodiscard]] virtual Result<> look(const Request& request, const Permit* permit) const = 0;
};

}  // namespace runbook::guard

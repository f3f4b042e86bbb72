// The last look at what goes to an HTTP server, right before it is sent.
//
// Without a permit GET and HEAD pass, to what was declared: the places of targets that this run was given, a place
// being scheme, host, port and the path below which everything lies, as one text, "https://api.lxd:8443/base". With a
// permit also what it lists passes, word for word: {method, path below that place, each header as "Name: value", body}.
// Two headers are no words of it, because the client adds them: the target's credentials, which no list may hold, and
// the Idempotency-Key, which has to be the permit's.
//
// What two parsers may read differently is no request: credentials in a URL, blanks, control characters, a backslash,
// and in a path dot segments and encoded slashes, with which it would leave its place, and headers that say whose
// request it is or where it ends; but a GET may ask for a WebSocket. A read names no other method in a header, by which
// some servers go.
#pragma once

#include <string>
#include <vector>

#include "guard/request.h"

namespace runbook::guard {

class HttpGuard final : public RequestGuard {
 public:
  HttpGuard() = default;
  explicit HttpGuard(std::vector<std::string> places) : places_(std::move(places)) {}

  /// From now on reads may go there.
  void declare(std::string place);

  /// Whether this may be sent. kRefused names method and origin.
  [[nodiscard]] Result<> look(const Request& request, const Permit* permit) const override;

 private:
  std::vector<std::string> places_;
};

}  // namespace runbook::guard

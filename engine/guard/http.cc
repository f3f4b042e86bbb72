#include "guard/http.h"

#include <algorithm>

#include "base/text.h"

namespace runbook::guard {

namespace {

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f' && c != '\\' && c != '#'; });
}

bool is_origin(std::string_view origin) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.starts_with(scheme))
      return origin.size() > scheme.size() && origin.find_first_of("/?@", scheme.size()) == std::string_view::npos;
  }
  return false;
}

}  // namespace

Result<> HttpGuard::look(const Request& request, const Permit* permit) const {
  const auto what = escaped(request.method, 20) + " to " + escaped(request.origin, 120);
  const bool sound =
      is_plain(request.origin) && is_origin(request.origin) && is_plain(request.path) && request.path.starts_with('/');
  if (!sound) return Error{.code = Code::kRefused, .message = what + " is no request that can be read in one way only"};
  if (std::find(origins_.begin(), origins_.end(), request.origin) == origins_.end()) {
    return Error{.code = Code::kRefused,
                 .message = what + " is refused: the inventory declares no such origin",
                 .next = "requests go to targets of the inventory"};
  }
  if (request.body.empty() && (request.method == "GET" || request.method == "HEAD")) return {};
  const Argv words = {std::string(request.method), std::string(request.origin) + std::string(request.path),
                      std::string(request.body)};
  if (permit != nullptr && std::find(permit->sends().begin(), permit->sends().end(), words) != permit->sends().end())
    return {};
  return Error{
      .code = Code::kRefused,
      .message = what + (permit == nullptr ? " is no read, and no permit was given" : " is not what the permit lists")};
}

}  // namespace runbook::guard

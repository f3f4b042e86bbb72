// URLs of HTTP services, and paths below them. Pure.
//
//   https://api.lxd:8443/base      scheme http or https; port 80 or 443 unless said; the base is kept before every path
//
// A URL that carries a user, a query or a fragment is none here: credentials have their place in [secrets], and a query
// belongs to a request.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace runbook {

struct HttpUrl {
  std::string origin{};  // "https://api.lxd:8443": scheme and host in lower case, always with its port
  std::string host{};    // "api.lxd", "::1"
  std::uint16_t port = 0;
  std::string base{};  // "/base", without a slash at its end; empty for none
};

/// Whether it begins as a URL of an HTTP service does.
bool is_http_url(std::string_view text);

/// kConfig names what is wrong, and never repeats a password.
Result<HttpUrl> parse_http_url(std::string_view url);

/// Whether a path, with or without a query, stays below whatever base it is put behind, however often servers and
/// proxies on its way decode it. kUsage for anything that is no plain absolute path: dot segments, also encoded or with
/// parameters, encoded slashes, a second host, blanks, control characters, a fragment.
Result<void> check_url_path(std::string_view path);

/// As a value within a query: everything but letters, digits and -._~ as %XX.
std::string url_encoded(std::string_view text);

}  // namespace runbook

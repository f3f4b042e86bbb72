// The access log of a proxy, as counts of those who ask. Pure; the text is foreign, and what clients send stands in it.
//
//   203.0.113.7 - ann [22/Nov/2026:03:16:17 +0000] "GET /login HTTP/1.1" 401 179 "-" "curl/7.88.1"
//
// is the combined format, which nginx and Apache write unless they are told otherwise. What stands behind the status
// does not matter. A quote inside the request is \x22 or \", so the first other one ends it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/value.h"

namespace runbook::primitive {

struct AccessLine {
  std::string address;
  std::int64_t at = 0;       // seconds since 1970
  std::string_view request;  // a part of the line, and valid as long as that
  int status = 0;
};

/// Nothing for a line that is none.
std::optional<AccessLine> parse_access_line(std::string_view line);

struct AccessQuestion {
  std::int64_t from = 0;  // seconds since 1970
  std::int64_t now = 0;
  std::string_view holding{};  // only requests that hold this text
  bool is_cut = false;         // the log has more lines, older than these
};

/// What the lines tell, as host.requests describes it.
Value access_report(std::string_view text, const AccessQuestion& question);

}  // namespace runbook::primitive

// The log of a container, as the daemon sends it with timestamps, to lines and counts. Pure.
//
//   2026-11-21T12:40:03.723347040Z text of the line\n
//
// within frames that say which stream it is; a container with a terminal (tty) has one stream and no frames. Lines
// beyond 16 KiB come in several pieces, each with a time of its own, and are counted as such.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/value.h"

namespace runbook::primitive {

struct LogQuestion {
  std::size_t show = 0;                 // at most so many lines, the last ones
  std::vector<std::string> patterns{};  // texts to count, without regard to case; * stands for anything
  std::optional<double> from_ms{};      // the window that was asked for; nothing: from the first line on
  double to_ms = 0;
  std::size_t asked = 0;  // how many lines the daemon was asked for: as many may mean that there are more
};

/// {lines, count, stdout, stderr, matches, per_minute, from, to, complete}, as container.logs describes it. kProtocol
/// for broken frames.
Result<Value> log_report(std::string_view body, bool tty, const LogQuestion& question);

/// Whether a line holds a pattern.
bool holds_pattern(std::string_view line, std::string_view pattern);

}  // namespace runbook::primitive

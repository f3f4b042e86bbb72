#include "primitive/read/log_lines.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "net/docker_frames.h"
#include "primitive/read/docker_values.h"
#include "primitive/read/redis_reply.h"

namespace runbook::primitive {

namespace {

using net::DockerStream;

constexpr std::size_t kLongestLine = 2000;        // bytes that are shown of one
constexpr std::size_t kShownBytes = 700U << 10U;  // of all lines: what is larger never reaches a playbook whole

struct Line {
  DockerStream stream = DockerStream::kStdout;
  std::string text{};  // with its time
};

// Puts the pieces of both streams together to lines, in the order in which they ended.
class LineMaker {
 public:
  void add(DockerStream stream, std::string_view piece) {
    auto& begun = begun_[static_cast<std::size_t>(stream)];
    for (;;) {
      const auto end = piece.find('\n');
      begun += piece.substr(0, end);
      if (end == std::string_view::npos) return;
      finish(stream);
      piece.remove_prefix(end + 1);
    }
  }

  std::vector<Line> take() {
    for (const auto stream : {DockerStream::kStdout, DockerStream::kStderr}) {
      if (!begun_[static_cast<std::size_t>(stream)].empty()) finish(stream);
    }
    return std::move(lines_);
  }

 private:
  void finish(DockerStream stream) {
    auto& begun = begun_[static_cast<std::size_t>(stream)];
    if (begun.ends_with('\r')) begun.pop_back();
    lines_.push_back({.stream = stream, .text = std::move(begun)});
    begun.clear();
  }

  std::string begun_[3];
  std::vector<Line> lines_;
};

Result<std::vector<Line>> lines_of(std::string_view body, bool tty) {
  LineMaker maker;
  if (tty) {
    maker.add(DockerStream::kStdout, body);
    return maker.take();
  }
  net::DockerFrames frames([&](DockerStream stream, std::string_view piece) { maker.add(stream, piece); });
  RUNBOOK_CHECK(frames.feed(body));
  RUNBOOK_CHECK(frames.end());
  return maker.take();
}

struct Parted {
  std::string_view time;
  std::string_view text;
};

Parted parted(const Line& line) {
  const std::string_view whole = line.text;
  const auto time = whole.substr(0, whole.find(' '));
  if (!parse_utc(time)) return {.time = {}, .text = whole};
  return {.time = time, .text = whole.substr(std::min(time.size() + 1, whole.size()))};
}

double per_minute(std::size_t count, double window_ms) {
  return std::round(static_cast<double>(count) / std::max(window_ms, 1000.0) * 60'000 * 10) / 10;
}

Value count_of(const std::vector<Line>& lines, std::string_view pattern, double window_ms) {
  std::size_t count = 0;
  Parted first{};
  Parted last{};
  for (const auto& line : lines) {
    const auto parts = parted(line);
    if (!holds_pattern(parts.text, pattern)) continue;
    if (count++ == 0) first = parts;
    last = parts;
  }
  Value::Map out{{"count", count}, {"per_minute", per_minute(count, window_ms)}};
  if (count > 0) {
    out["first"] = first.time;
    out["last"] = last.time;
    out["example"] = bounded(last.text, kLongestLine);
  }
  return out;
}

// The last lines, as many as are wanted and as fit.
Value::List shown(const std::vector<Line>& lines, std::size_t most) {
  Value::List out;
  std::size_t bytes = 0;
  for (auto line = lines.rbegin(); line != lines.rend() && out.size() < most; ++line) {
    const auto parts = parted(*line);
    auto text = bounded(parts.text, kLongestLine);
    bytes += text.size() + 80;
    if (bytes > kShownBytes) break;
    const auto* stream = line->stream == DockerStream::kStderr ? "stderr" : "stdout";
    out.emplace_back(Value::Map{{"at", parts.time}, {"stream", stream}, {"text", std::move(text)}});
  }
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace

bool holds_pattern(std::string_view line, std::string_view pattern) {
  const auto text = lower(line);
  std::size_t from = 0;
  for (const auto part : split(pattern, '*')) {
    const auto at = text.find(lower(part), from);
    if (at == std::string::npos) return false;
    from = at + part.size();
  }
  return true;
}

Result<Value> log_report(std::string_view body, bool tty, const LogQuestion& question) {
  RUNBOOK_TRY(lines, lines_of(body, tty));
  const auto errors =
      std::count_if(lines.begin(), lines.end(), [](const Line& line) { return line.stream == DockerStream::kStderr; });
  const auto first = lines.empty() ? std::string_view() : parted(lines.front()).time;
  const auto last = lines.empty() ? std::string_view() : parted(lines.back()).time;
  const bool complete = lines.size() < question.asked;
  const auto begin = complete && question.from_ms ? question.from_ms : parse_utc(first);
  const double window = begin ? question.to_ms - *begin : 0;
  Value::Map matches;
  for (const auto& pattern : question.patterns) matches.emplace(pattern, count_of(lines, pattern, window));
  return Value(Value::Map{{"lines", shown(lines, question.show)},
                          {"count", lines.size()},
                          {"stdout", lines.size() - static_cast<std::size_t>(errors)},
                          {"stderr", errors},
                          {"matches", std::move(matches)},
                          {"per_minute", per_minute(lines.size(), window)},
                          {"from", time_or_null(first)},
                          {"to", time_or_null(last)},
                          {"complete", complete}});
}

}  // namespace runbook::primitive

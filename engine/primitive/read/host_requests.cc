// Who asks a proxy how often: its access log, over SSH.
#include "base/text.h"
#include "base/usage.h"
#include "primitive/read/access_log.h"
#include "primitive/read/ask_host.h"
#include "primitive/read/host_file.h"
#include "primitive/read/host_output.h"
#include "primitive/read/read_rows.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

using guard::Argv;
using safety::ArgSpec;
using safety::ArgType;
using safety::in_words;
using safety::ReadRow;
using safety::Target;

constexpr std::chrono::milliseconds kUsualWindow = std::chrono::minutes(5);
constexpr std::chrono::milliseconds kLongestWindow = std::chrono::hours(24);
constexpr std::size_t kMostBytes = 1'000'000;  // that many lines of usual length are 8,000

Result<std::chrono::milliseconds> window_of(const Value& args) {
  const auto* text = args["since"].as_text();
  if (text == nullptr) return kUsualWindow;
  const auto window = parse_duration(*text);
  if (window && *window >= std::chrono::seconds(1) && *window <= kLongestWindow) return *window;
  return usage("since is a duration of at most a day, such as \"5m\", not \"" + escaped(*text, 40) + "\"");
}

Task<Result<Value>> read_requests(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(window, window_of(args));
  RUNBOOK_CO_TRY(path, path_of_file(args));
  Argv tail = {"tail", "-c", std::to_string(kMostBytes), path};
  RUNBOOK_CO_TRY(text, co_await ask_host(reach, target, std::move(tail)));
  // The log has the host's time, and so has the window.
  Argv date = {"date", "-u", "+%s.%N"};
  RUNBOOK_CO_TRY(clock, co_await ask_host(reach, target, std::move(date)));
  RUNBOOK_CO_TRY(seconds, at_host(target, parse_seconds(clock)));
  const auto now = static_cast<std::int64_t>(seconds);
  // Of a file that was cut the first line is half a line.
  const bool is_cut = text.size() >= kMostBytes;
  const AccessQuestion question{
      .from = now - window.count() / 1000, .now = now, .holding = args["holding"].text_or(""), .is_cut = is_cut};
  co_return access_report(std::string_view(text).substr(is_cut ? text.find('\n') + 1 : 0), question);
}

std::string of_requests(const Value& answer) {
  auto out = in_words(answer["per_minute"]) + " in a minute, of " + in_words(answer["addresses"]) + " addresses";
  const auto& top = answer["top"].items();
  return top.empty() ? out
                     : out + "; most: " + in_words(top.front()["address"]) + ", " + in_words(top.front()["per_minute"]);
}

constexpr ArgSpec kArgs[] = {
    {"path", ArgType::kText, true, "the access log, in the combined format that nginx and Apache write",
     "/var/log/nginx/access.log"},
    {"since", ArgType::kText, false, "over what time: 5m unless said, at most a day", "15m"},
    {"holding", ArgType::kText, false, "only requests that hold this text", "/api/auth/login"}};

const ReadRow kRows[] = {
    {"host.requests", "ssh", kArgs, "Who asks a proxy how often, by its access log.",
     "{count, per_minute, refused (by 429), opened (WebSockets, by 101), failed (by 5xx), addresses (how many), median "
     "(of the addresses' counts), highest (requests in a minute of the one that asks most), top = list of {address, "
     "count, per_minute, times (the median)}, unread (lines in another format), from, to, complete (whether the log "
     "reaches back so far; else the counts are of the shorter time)}",
     read_requests, "{client} tail -n 5000 {path}", of_requests},
};

}  // namespace

std::span<const ReadRow> host_requests_rows() { return kRows; }

}  // namespace runbook::primitive

#include "primitive/read/access_log.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <map>
#include <vector>

#include "base/clock.h"
#include "base/text.h"
#include "primitive/ufw/ip_network.h"

namespace runbook::primitive {

namespace {

constexpr std::size_t kMostListed = 20;
constexpr std::int64_t kShortestTime = 60;
constexpr int kTooMany = 429;
constexpr int kOpened = 101;
constexpr int kServersFault = 500;
constexpr auto kMonths = std::to_array<std::string_view>(
    {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"});

std::optional<int> number_in(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && !text.starts_with('-') ? std::optional(number)
                                                                                            : std::nullopt;
}

// "22/Nov/2026:03:16:17 +0000"
std::optional<std::int64_t> parse_time(std::string_view text) {
  if (text.size() != 26 || text[2] != '/' || text[6] != '/' || (text[21] != '+' && text[21] != '-')) return {};
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(3, 3)) - kMonths.begin();
  const auto year = number_in(text.substr(7, 4));
  const auto day = number_in(text.substr(0, 2));
  const auto hour = number_in(text.substr(12, 2));
  const auto minute = number_in(text.substr(15, 2));
  const auto second = number_in(text.substr(18, 2));
  const auto zone = number_in(text.substr(22, 4));
  if (!year || !day || !hour || !minute || !second || !zone) return {};
  namespace chrono = std::chrono;
  const chrono::year_month_day date{chrono::year(*year), chrono::month(static_cast<unsigned>(month) + 1),
                                    chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return {};
  const auto local =
      chrono::sys_days(date) + chrono::hours(*hour) + chrono::minutes(*minute) + chrono::seconds(*second);
  const auto ahead = (*zone / 100 * 60 + *zone % 100) * 60 * (text[21] == '-' ? -1 : 1);
  return local.time_since_epoch() / chrono::seconds(1) - ahead;
}

bool is_address(std::string_view text) { return text.find('/') == std::string_view::npos && parse_ip_network(text); }

// Where the quote stands that ends what begins at `from`.
std::size_t closing_quote(std::string_view line, std::size_t from) {
  for (; from < line.size(); ++from) {
    if (line[from] == '\\')
      ++from;
    else if (line[from] == '"')
      return from;
  }
  return std::string_view::npos;
}

double rounded(double number) { return std::round(number * 10) / 10; }

struct Counts {
  double all = 0;
  double refused = 0;
  double opened = 0;
  double failed = 0;
  std::map<std::string, double> by_address{};

  void add(const AccessLine& line) {
    all += 1;
    refused += line.status == kTooMany ? 1 : 0;
    opened += line.status == kOpened ? 1 : 0;
    failed += line.status >= kServersFault ? 1 : 0;
    by_address[line.address] += 1;
  }
};

using Visitor = std::pair<std::string, double>;

std::vector<Visitor> most_first(const Counts& counts) {
  std::vector<Visitor> out(counts.by_address.begin(), counts.by_address.end());
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return out;
}

}  // namespace

std::optional<AccessLine> parse_access_line(std::string_view line) {
  const auto blank = line.find(' ');
  const auto open = line.find(" [");
  const auto close = line.find("] \"", open);
  if (blank == std::string_view::npos || open == std::string_view::npos || close == std::string_view::npos) return {};
  const auto end = closing_quote(line, close + 3);
  const auto at = parse_time(line.substr(open + 2, close - open - 2));
  if (end == std::string_view::npos || !at || !is_address(line.substr(0, blank))) return {};
  const auto status = number_in(line.substr(std::min(end + 2, line.size()), 3));
  if (!status || *status < 100) return {};
  return AccessLine{.address = std::string(line.substr(0, blank)),
                    .at = *at,
                    .request = line.substr(close + 3, end - close - 3),
                    .status = *status};
}

Value access_report(std::string_view text, const AccessQuestion& question) {
  const auto& [from, now, holding, is_cut] = question;
  Counts counts;
  auto first = now;
  bool reaches_back = false;
  double unread = 0;
  for (const auto line : split(text, '\n')) {
    if (trim(line).empty()) continue;
    const auto read = parse_access_line(line);
    unread += read ? 0 : 1;
    if (!read) continue;
    reaches_back = reaches_back || read->at < from;
    if (read->at < from) continue;
    first = std::min(first, read->at);
    if (read->request.find(holding) != std::string_view::npos) counts.add(*read);
  }
  // Lines that were cut off tell of a shorter time than was asked for, and so does a log that has just begun; but a
  // burst of a second is no rate.
  if (reaches_back) {
    first = from;
  } else if (!is_cut) {
    first = std::max(from, std::min(first, now - kShortestTime));
  }
  const auto minutes = static_cast<double>(std::max<std::int64_t>(now - first, 1)) / 60;
  const auto visitors = most_first(counts);
  const auto middle = visitors.empty() ? 0 : visitors[visitors.size() / 2].second;
  Value::List top;
  for (const auto& [address, count] : visitors) {
    if (top.size() == kMostListed) break;
    top.emplace_back(Value::Map{{"address", address},
                                {"count", count},
                                {"per_minute", rounded(count / minutes)},
                                {"times", rounded(count / middle)}});
  }
  const auto highest = visitors.empty() ? 0 : rounded(visitors.front().second / minutes);
  return Value::Map{{"count", counts.all},
                    {"per_minute", rounded(counts.all / minutes)},
                    {"refused", counts.refused},
                    {"opened", counts.opened},
                    {"failed", counts.failed},
                    {"addresses", visitors.size()},
                    {"median", middle},
                    {"highest", highest},
                    {"top", std::move(top)},
                    {"unread", unread},
                    {"from", utc_text(first * 1000)},
                    {"to", utc_text(now * 1000)},
                    {"complete", reaches_back || !is_cut}};
}

}  // namespace runbook::primitive

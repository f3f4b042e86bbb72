#include "safety/carried.h"

#include <utility>

namespace runbook::safety {

namespace {

constexpr int kFormat = 1;

// The items of a LOG_GOES_ON that are records before it, in logs before its own; others are left out.
std::map<std::uint64_t, Place> places_before(const std::string& log, const Record& record) {
  std::map<std::uint64_t, Place> places;
  for (const auto& item : record.data["open"].items()) {
    const auto n = whole_number(item["n"]);
    const auto size = whole_number(item["size"]);
    const auto stands_in = item["log"].text_or("");
    if (!n || !size || *n >= record.n || !is_log_name(stands_in) || stands_in >= log) continue;
    places[*n] = {.log = std::string(stands_in),
                  .at = {.n = *n, .hash = std::string(item["hash"].text_or("")), .size = *size}};
  }
  return places;
}

}  // namespace

Result<void> OpenIntents::take(const std::string& log, const Record& record, const Position& behind) {
  const bool first = !std::exchange(begun_, true);
  if (record.type == "INTENT") {
    open_[record.n] = {.log = log, .at = behind};
  } else if (record.type == "OUTCOME" && record.data["status"].text_or("") != "in_doubt") {
    if (const auto intent = whole_number(record.data["intent"])) open_.erase(*intent);
  } else if (record.type == "LOG_GOES_ON") {
    if (first) open_ = places_before(log, record);
    if (carried() != record.data) {
      return Error{.code = Code::kAudit, .message = "carries on something else than the INTENTs that are open"};
    }
  }
  return {};
}

std::vector<Place> OpenIntents::places() const {
  std::vector<Place> out;
  for (const auto& [n, place] : open_) out.push_back(place);
  return out;
}

Value OpenIntents::carried() const {
  Value::List open;
  for (const auto& [n, place] : open_) {
    open.emplace_back(Value::Map{{"hash", place.at.hash}, {"log", place.log}, {"n", n}, {"size", place.at.size}});
  }
  return Value::Map{{"format", kFormat}, {"open", std::move(open)}};
}

}  // namespace runbook::safety

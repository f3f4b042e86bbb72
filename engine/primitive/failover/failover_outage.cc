#include "primitive/failover/failover_outage.h"

#include <cmath>
#include <optional>
#include <utility>

namespace runbook::primitive {

namespace {

double whole_ms(double seconds) { return std::round(seconds * 1000) / 1000; }

struct Loss {
  double at = 0;
  Value from{};
  const char* by = "monitor";
};

// Its last report is taken when it is the last one before the loss, and when the monitor had not missed one for long:
// a keeper may be gone for hours while its PostgreSQL takes writes.
Loss loss_of(const Value& event) {
  const auto at = event["at"].number_or(0);
  const auto heard = event["heard"].number_or(at + 1);
  if (heard <= at && at - heard <= event["silent_after"].number_or(0))
    return {.at = heard, .from = event["heard_time"], .by = "report"};
  return {.at = at, .from = event["time"]};
}

class Story {
 public:
  void tell(const Value& event) {
    const bool of_writer = writer_ && *writer_ == event["node"];
    if (of_writer && event["fell_ill"].bool_or(false)) ill_ = true;
    if (of_writer && event["got_well"].bool_or(false)) ill_ = false;
    const bool writes = event["writes"].bool_or(false) && !event["fell_ill"].bool_or(false);
    if (of_writer) {
      if (!writes || ill_) {
        if (!loss_) loss_ = loss_of(event);
      } else {
        end(event);
      }
    } else if (writes && (!writer_ || loss_)) {
      end(event);
      writer_ = event["node"];
      ill_ = false;
    }
  }

  [[nodiscard]] Value outcome(double now) const {
    if (loss_) return Value::Map{{"from", loss_->from}, {"from_by", loss_->by}, {"lasts_s", whole_ms(now - loss_->at)}};
    auto last = last_;
    if (!last.is_null()) last["ago_s"] = whole_ms(now - ended_);
    return last;
  }

 private:
  void end(const Value& event) {
    if (!loss_) return;
    ended_ = event["at"].number_or(0);
    last_ = Value::Map{{"from", loss_->from},
                       {"from_by", loss_->by},
                       {"to", event["time"]},
                       {"seconds", whole_ms(ended_ - loss_->at)}};
    loss_.reset();
  }

  std::optional<Value> writer_{};
  bool ill_ = false;
  std::optional<Loss> loss_{};
  Value last_{};
  double ended_ = 0;
};

}  // namespace

Value failover_outage(const Value& events) {
  Story story;
  for (const auto& event : events.items()) story.tell(event);
  return events.items().empty() ? Value() : story.outcome(events.items().back()["now"].number_or(0));
}

}  // namespace runbook::primitive

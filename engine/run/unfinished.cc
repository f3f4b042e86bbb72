#include "run/unfinished.h"

#include <utility>

#include "base/text.h"

namespace runbook::run {

namespace {

std::size_t number_in(const Value& data, std::string_view name) {
  return static_cast<std::size_t>(data[name].number_or(0));
}

// Follows a run by its records.
class Follower {
 public:
  void take(const safety::Record& record) {
    const auto& data = record.data;
    if (record.type == "PLAN") plans_[std::string(data["digest"].text_or(""))] = data;
    if (record.type == "GATE" && data["approved"].bool_or(false)) begin(std::string(data["digest"].text_or("")));
    if (record.type == "RESUME") resumed_ = true;
    if (record.type == "VERIFY") way_.reset();
    // A run looks again when it has given a plan up, and a resumed one before it goes on with it.
    if (record.type == "VERDICT" && !std::exchange(resumed_, false)) way_.reset();
    if (way_) item(record);
  }

  std::optional<OnItsWay> way() {
    if (!way_ || way_->stopped || way_->done.empty()) return {};
    return std::move(way_);
  }

 private:
  void begin(const std::string& digest) {
    const bool same = way_ && digest_ == digest;
    if (!same) way_ = OnItsWay{.plan = plans_[digest]};
    digest_ = digest;
  }

  void item(const safety::Record& record) {
    const auto& data = record.data;
    const auto number = number_in(data, "item");
    if (record.type == "INTENT") intents_[record.n] = number;
    if (record.type == "INTENT" || record.type == "MANUAL") way_->made.insert(record.n);
    if (record.type == "OUTCOME") outcome(data);
    if (record.type == "LEFT_OUT") way_->done.insert(number);
    if (record.type == "BARRIER" && data["holds"].bool_or(false)) way_->done.insert(number);
    if (record.type == "MANUAL" && data["good"].bool_or(false)) way_->done.insert(number);
    if (record.type == "FAILED_MEMBERS" && data["goes_on"].bool_or(false)) {
      way_->done.insert(number);
      way_->stopped = false;
      for (const auto& name : data["failed"].items()) way_->failed[number].emplace(name.text_or(""));
    }
  }

  // Settled by a later process, an OUTCOME names no item, but its INTENT does.
  void outcome(const Value& data) {
    const auto intent = intents_.find(static_cast<std::uint64_t>(data["intent"].number_or(0)));
    const auto number = intent == intents_.end() ? number_in(data, "item") : intent->second;
    const auto status = data["status"].text_or("");
    if (status == "applied") way_->applied.insert(number);
    if (status == "applied" || status == "skipped" || status == "vanished") {
      way_->done.insert(number);
    } else if (data["settled_by"].is_null() && status != "in_doubt") {
      way_->stopped = true;
    }
  }

  std::map<std::string, Value> plans_;
  std::map<std::uint64_t, std::size_t> intents_;  // INTENT → item
  std::optional<OnItsWay> way_;
  std::string digest_;
  bool resumed_ = false;
};

}  // namespace

std::string Unfinished::where() const {
  const auto& items = plan.items;
  auto text = "item " + std::to_string(so_far.next + 1) + " of " + std::to_string(items.size());
  if (so_far.next >= items.size()) return "its checks";
  if (const auto* change = items[so_far.next].change()) return text + ", " + change->text;
  if (const auto* manual = std::get_if<safety::Manual>(&items[so_far.next].what)) return text + ", " + manual->what;
  return text + ", a barrier";
}

Unfinished OnItsWay::with(safety::Plan completed) const {
  Unfinished out{.plan = std::move(completed)};
  out.so_far.applied = applied;
  out.so_far.changed = !applied.empty();
  while (done.contains(out.so_far.next + 1)) ++out.so_far.next;
  for (const auto& [item, names] : failed) {
    if (item == 0 || item > out.plan.items.size() || !out.plan.items[item - 1].member) continue;
    out.so_far.failed[out.plan.items[item - 1].member->group].insert(names.begin(), names.end());
  }
  return out;
}

std::optional<OnItsWay> on_its_way(std::span<const safety::Record> records) {
  Follower follower;
  for (const auto& record : records) follower.take(record);
  return follower.way();
}

}  // namespace runbook::run

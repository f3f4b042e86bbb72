#include "run/standing.h"

#include <algorithm>
#include <map>

#include "base/text.h"

namespace runbook::run {

using safety::Change;

namespace {

bool same_action(const Change& one, const Change& other) {
  return one.row == other.row && one.target == other.target && one.args == other.args;
}

// Reads through the log and keeps what stands of one run's changes.
class Ledger {
 public:
  explicit Ledger(std::string_view run) : run_(run) {}

  void take(const safety::Record& record) {
    known_ = known_ || record.run == run_;
    if (record.type == "INTENT") {
      if (auto change = Change::from_value(record.data)) intent(record, std::move(*change));
    } else if (record.type == "OUTCOME") {
      outcome(static_cast<std::uint64_t>(record.data["intent"].number_or(0)), record.data["status"].text_or(""));
    } else if (record.type == "MANUAL" || (record.type == "BY_HAND" && record.data["stands"].bool_or(false))) {
      by_hand(record);
    }
  }

  [[nodiscard]] bool known() const { return known_; }
  // The last change first.
  std::vector<Standing> standing() {
    std::reverse(standing_.begin(), standing_.end());
    return std::move(standing_);
  }

 private:
  struct WayBack {
    std::uint64_t intent = 0;  // what it takes back
    Change change{};
  };

  template <class Predicate>
  Standing* find(Predicate predicate) {
    const auto found = std::find_if(standing_.begin(), standing_.end(), predicate);
    return found == standing_.end() ? nullptr : &*found;
  }

  void intent(const safety::Record& record, Change change) {
    if (change.undoes != 0) {
      const auto taken_back = change.undoes;
      undoing_[record.n] = {.intent = taken_back, .change = std::move(change)};
      return;
    }
    if (record.run != run_) return;
    auto url = std::string(record.data["url"].text_or(""));
    auto digest = std::string(record.data["digest"].text_or(""));
    if (change.activates != 0) {
      auto* activated = find([&](const Standing& s) { return s.digest == digest && s.item == change.activates; });
      if (activated != nullptr) {
        activated->activations.push_back({.intent = record.n, .change = std::move(change), .url = std::move(url)});
      }
      return;
    }
    standing_.push_back({.intent = record.n,
                         .change = std::move(change),
                         .url = std::move(url),
                         .in_doubt = true,
                         .digest = std::move(digest),
                         .item = static_cast<std::size_t>(record.data["item"].number_or(0))});
  }

  // What a person did stands, also when they saw something else than expected; tried again, it is still one thing.
  void by_hand(const safety::Record& record) {
    auto manual = safety::Manual::from_value(record.data);
    if (manual.undoes != 0) {
      if (record.data["good"].bool_or(false)) drop(manual.undoes);
      return;
    }
    const bool done = record.type == "BY_HAND" || !record.data["saw"].is_null();
    if (record.run != run_ || !manual.undo || !done) return;
    const auto item = static_cast<std::size_t>(record.data["item"].number_or(0));
    auto digest = std::string(record.data["digest"].text_or(""));
    if (find([&](const Standing& s) { return s.by_hand && s.item == item && s.digest == digest; }) != nullptr) return;
    standing_.push_back({.intent = record.n, .by_hand = std::move(manual), .digest = std::move(digest), .item = item});
  }

  void outcome(std::uint64_t intent, std::string_view status) {
    const bool stands = status == "applied" || status == "in_doubt" || status == "failed";
    if (auto* own = find([&](const Standing& s) { return s.intent == intent; })) own->in_doubt = status == "in_doubt";
    if (!stands) drop(intent);
    const auto undone = undoing_.find(intent);
    if (undone == undoing_.end() || status != "applied") return;
    auto* standing = find([&](const Standing& s) { return s.intent == undone->second.intent; });
    if (standing == nullptr) return;
    auto& activations = standing->activations;
    const auto activation = std::find_if(activations.begin(), activations.end(), [&](const Activation& a) {
      return same_action(a.change, undone->second.change);
    });
    (activation == activations.end() ? standing->back : activation->again) = true;
    const bool active = std::all_of(activations.begin(), activations.end(), [](const auto& a) { return a.again; });
    if (standing->back && active) drop(standing->intent);
  }

  // A change that does not stand, or what would have made one count and did not happen.
  void drop(std::uint64_t intent) {
    std::erase_if(standing_, [&](const Standing& s) { return s.intent == intent; });
    for (auto& one : standing_) {
      std::erase_if(one.activations, [&](const Activation& a) { return a.intent == intent; });
    }
  }

  std::string run_;
  bool known_ = false;
  std::vector<Standing> standing_;
  std::map<std::uint64_t, WayBack> undoing_;  // by the INTENT of an undo
};

}  // namespace

Result<std::vector<Standing>> standing_changes(safety::Journal& journal, std::string_view run) {
  Ledger ledger(run);
  RUNBOOK_CHECK(journal.for_each_since(run, [&](const safety::Record& record) { ledger.take(record); }));
  if (!ledger.known()) {
    return Error{.code = Code::kNotFound,
                 .message = "the log has no run " + escaped(run, 60),
                 .next = "runbook runs lists them"};
  }
  return ledger.standing();
}

}  // namespace runbook::run

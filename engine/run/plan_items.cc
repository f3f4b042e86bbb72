#include "run/plan_items.h"

#include <set>

#include "base/json.h"
#include "base/text.h"
#include "run/change_fits.h"
#include "run/planner.h"

namespace runbook::run {

using safety::Change;
using safety::Item;

namespace {

// Far more than a record holds; a plan is refused before anything is read for it.
constexpr double kMostItems = 1000;

Error wrong(const Value& item, std::string message, std::string next = {}) {
  return {.code = Code::kPlaybook,
          .message = std::move(message),
          .where = std::string(item["where"].text_or("")),
          .next = std::move(next)};
}

Result<void> take_duration(const Value& value, std::string_view name, std::chrono::milliseconds& out) {
  const auto& given = value[name];
  if (given.is_null()) return {};
  const auto parsed = parse_duration(given.text_or(""));
  if (!parsed) return wrong(value, std::string(name) + " wants a duration such as \"30s\"");
  out = *parsed;
  return {};
}

// A count as a worker sends it, which may be any number: none for what counts nothing.
std::size_t count_of(const Value& value) {
  const auto number = value.number_or(0);
  return number >= 0 && number <= kMostItems ? static_cast<std::size_t>(number) : 0;
}

std::optional<safety::Member> member_of(const Value& item) {
  const auto& member = item["member"];
  if (member.is_null()) return std::nullopt;
  return safety::Member{.group = count_of(member["group"]),
                        .name = std::string(member["name"].text_or("")),
                        .may_fail = count_of(member["may_fail"])};
}

class Maker {
 public:
  explicit Maker(Session& session) : session_(session) {}

  Task<Result<void>> add(const Value& item) {
    const auto member = member_of(item);
    if (!item["barrier"].is_null()) co_return add_barrier(item, member);
    if (!item["manual"].is_null()) co_return add_manual(item, member);
    RUNBOOK_CO_CHECK(co_await add_change(item, member, 0));
    const auto number = items_.size();
    for (const auto& after : item["activate"].items()) RUNBOOK_CO_CHECK(co_await add_change(after, member, number));
    co_return Result<void>();
  }

  std::vector<Item> take() { return std::move(items_); }

 private:
  Result<void> add_barrier(const Value& item, const std::optional<safety::Member>& member) {
    Value goal = item;
    goal["checks"] = item["barrier"];
    RUNBOOK_TRY(wanted, goal_from(session_, goal));
    if (wanted.checks.empty()) return wrong(item, "a barrier without checks holds nothing back");
    items_.push_back({.what = safety::Barrier{.goal = std::move(wanted),
                                              .text = std::string(item["text"].text_or("")),
                                              .at_least = count_of(item["at_least"])},
                      .member = member});
    return {};
  }

  Result<void> add_manual(const Value& item, const std::optional<safety::Member>& member) {
    safety::Manual manual{.what = std::string(item["manual"].text_or("")),
                          .expects = std::string(item["expects"].text_or(""))};
    const auto& undo = item["undo"];
    if (!undo.is_null()) {
      manual.undo = {.what = std::string(undo["manual"].text_or("")),
                     .expects = std::string(undo["expects"].text_or(""))};
    }
    const bool whole = !manual.what.empty() && !manual.expects.empty() &&
                       (!manual.undo || (!manual.undo->what.empty() && !manual.undo->expects.empty()));
    if (!whole) return wrong(item, "manual wants what a person does, and expects = what is seen then");
    items_.push_back({.what = std::move(manual), .member = member});
    return {};
  }

  // `activates`: the number of the item that it makes count; 0 for one that stands for itself.
  Task<Result<void>> add_change(const Value& item, const std::optional<safety::Member>& member, std::size_t activates) {
    RUNBOOK_CO_TRY(change, change_from_item(session_, item));
    change.activates = activates;
    change.may_vanish = item["may_vanish"].bool_or(false);
    RUNBOOK_CO_CHECK(fits_its_row(change, *session_.world().change_row(change.row)));
    const auto what = change.row + " " + change.target + " " + to_json(change.args);
    const bool repeatable = activates != 0 || session_.world().change_row(change.row)->probe;
    const auto& path = std::as_const(change.args)["path"];
    const bool by_file = session_.world().change_row(change.row)->by_file;
    if (by_file && !seen_.insert(change.target + " " + to_json(path)).second)
      co_return wrong(item, "the plan edits the same file twice: each edit is made of the file as it was planned with");
    if (!repeatable && !seen_.insert(what).second) co_return wrong(item, "the plan changes the same thing twice");
    RUNBOOK_CO_CHECK(co_await complete(session_, change));
    RUNBOOK_CO_CHECK(co_await preflight(session_, change));
    items_.push_back({.what = std::move(change), .member = member});
    co_return Result<void>();
  }

  Session& session_;
  std::vector<Item> items_;
  std::set<std::string> seen_;
};

}  // namespace

Task<Result<std::vector<Item>>> items_from(Session& session, const Value& proposed) {
  const auto count = proposed.items().size();
  if (static_cast<double>(count) > kMostItems) {
    co_return Error{.code = Code::kRefused,
                    .message = "a plan of " + std::to_string(count) + " items is too large",
                    .next = "narrow the selection, or change the targets in several runs"};
  }
  Maker maker(session);
  for (const auto& item : proposed.items()) RUNBOOK_CO_CHECK(co_await maker.add(item));
  co_return maker.take();
}

Result<safety::Goal> goal_from(Session& session, const Value& value) {
  safety::Goal goal;
  RUNBOOK_TRY(checks, checks_from(session, value["checks"]));
  goal.checks = std::move(checks);
  RUNBOOK_CHECK(take_duration(value, "within", goal.within));
  RUNBOOK_CHECK(take_duration(value, "holds", goal.holds));
  return goal;
}

}  // namespace runbook::run

#include "run/by_hand.h"

#include "safety/mark.h"

namespace runbook::run {

using safety::Change;
using safety::Manual;
using safety::Outcome;

namespace {

constexpr std::string_view kDone = "done";

// The state of what the change is about; null when it cannot be read.
Task<std::optional<Value>> read_back(Session& session, const safety::ChangeRow& row, const Change& change) {
  const auto call = safety::state_read(row, change);
  const auto reading = co_await session.read("after: " + change.row, call);
  if (!reading) co_return std::nullopt;
  co_return row.seen(*reading).state;
}

}  // namespace

safety::HandTarget hand_target(const World& world, const safety::Target& target) {
  const auto in_shell = [&](const std::string& secret) {
    return secret.empty() ? std::string() : world.inventory.secret_in_shell(secret);
  };
  return {.target = target, .password = in_shell(target.password_secret), .token = in_shell(target.token_secret)};
}

Manual manual_of(const World& world, const safety::Target& target, const Change& change) {
  const auto hand = hand_target(world, target);
  Manual manual{.what = change.text, .expects = std::string(kDone)};
  if (const auto* row = world.change_row(change.row)) manual.commands = safety::by_hand(*row, hand, change);
  if (!change.undo) return manual;
  const auto* row = world.change_row(change.undo->row);
  if (row == nullptr) return manual;
  Change back{.row = change.undo->row,
              .target = change.target,
              .args = change.undo->args,
              .to = change.undo->to,
              .from = change.to};
  row->describe(back);
  manual.undo = {.what = "take back: " + change.text,
                 .expects = std::string(kDone),
                 .commands = safety::by_hand(*row, hand, back)};
  return manual;
}

Task<Result<Outcome>> change_by_hand(Session& session, const safety::Plan& plan, Asker& asker, std::size_t item) {
  const auto& change = *plan.items[item].change();
  const auto manual = manual_of(session.world(), *session.target(change.target), change);
  const auto& row = *session.world().change_row(change.row);
  const auto said = co_await asker.confirm(manual);
  const auto after = co_await read_back(session, row, change);
  const bool as_before = after && *after == change.from && safety::tells(row);
  const bool stands = !row.probe && !as_before && (said || after);
  auto data = manual.to_value();
  data["mitigation"] = plan.mitigation;
  data["digest"] = plan.digest();
  data["item"] = item + 1;
  data["target"] = change.target;
  data["operator"] = operator_identity();
  data["stands"] = stands;
  data["from"] = change.from;
  if (said) data["saw"] = *said;
  if (after) data["after"] = *after;
  RUNBOOK_CO_TRY(written, session.world().journal.append_durable(session.id(), "BY_HAND", std::move(data)));
  static_cast<void>(written);
  if (!said && !stands) co_return said.error();
  Outcome outcome{.status = stands || row.probe ? Outcome::Status::kApplied : Outcome::Status::kNotApplied};
  if (after) outcome.after = *after;
  if (!stands) outcome.error = {.code = Code::kRemote, .message = change.text + ": it is still as before"};
  co_return outcome;
}

}  // namespace runbook::run

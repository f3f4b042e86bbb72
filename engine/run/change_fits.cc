#include "run/change_fits.h"

namespace runbook::run {

Result<void> fits_its_row(const safety::Change& change, const safety::ChangeRow& row) {
  const auto wrong = [&](std::string message, std::string next) {
    return Error{
        .code = Code::kPlaybook, .message = std::move(message), .where = change.where, .next = std::move(next)};
  };
  if (change.activates != 0 && !row.action) {
    return wrong(change.row + " sets something; activate is for actions, which can be done again",
                 "put it into the plan itself");
  }
  if (!change.nothing_to_undo.empty() && !row.action) {
    return wrong(change.row + " sets something that stays: nothing_to_undo is for actions",
                 "leave it out: the way back is made by the engine; or say irreversible = \"why\"");
  }
  for (const auto& check : change.guard) {
    if (check.compare != "stays_flat" && check.lasting.count() == 0) continue;
    return wrong("a guard is looked at once, right before the change: " + check.text() + " needs longer",
                 "a barrier in front of the change waits");
  }
  return {};
}

}  // namespace runbook::run

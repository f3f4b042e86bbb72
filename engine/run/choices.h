// What a person is offered in a guided run, and in which order.
#pragma once

#include "run/asker.h"
#include "run/verdict.h"

namespace runbook::run {

inline constexpr std::string_view kLookAgain = "look again";
inline constexpr std::string_view kByHand = "by hand";
inline constexpr std::string_view kHandOver = "hand over";
inline constexpr std::string_view kStop = "stop";

inline constexpr std::string_view kWait = "wait";
inline constexpr std::string_view kAnother = "another";
inline constexpr std::string_view kUndo = "undo";
inline constexpr std::string_view kLeave = "leave";
inline constexpr std::string_view kGoOn = "go on";

/// After a diagnosis: the mitigations that answer the first finding, holds, all others that are not forbidden, the
/// playbooks that it points to, and what is no mitigation. An option's id is the mitigation's name, one of the words
/// above, or `continue_with` a link.
Choice what_now(const Playbook& book, const Verdict& verdict, bool changeable);
/// Which mitigation a person carries out: the same ones, or `kLookAgain`.
Choice which_by_hand(const Playbook& book, const Verdict& verdict);
/// Whether that choice holds anything that a person could decide on.
bool worth_asking(const Playbook& book, const Verdict& verdict, bool changeable);
/// "continue with redis-maxmemory"
std::string continue_with(const Link& link);

/// After changes whose checks did not come true (`complete`), or a plan that stopped on its way: `waits` when what it
/// stopped at can be waited for once more.
Choice what_now_after_failure(bool complete, bool waits);

/// With a plan that an interruption left on its way, `where` it stopped: "item 2 of 3".
Choice what_now_on_the_way(const std::string& mitigation, const std::string& where);
/// About a change whose state does not tell whether it was made. Only a person may say.
Choice what_became_of(const std::string& change, const std::string& why);

inline constexpr std::string_view kWasDone = "done";
inline constexpr std::string_view kWasNotDone = "not done";

}  // namespace runbook::run

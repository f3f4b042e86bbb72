#include "run/choices.h"

#include <algorithm>

namespace runbook::run {

namespace {

Option option_of(const Mitigation& mitigation, std::string why) {
  if (!mitigation.warning.empty()) why += ". " + mitigation.warning;
  return {.id = mitigation.name, .text = std::move(why)};
}

Option option_of(std::string_view id, char key, std::string text) {
  return {.id = std::string(id), .text = std::move(text), .key = key};
}

// Mitigations in the order of their reasons; within each the playbook's own.
void add_mitigations(std::vector<Option>& options, const Playbook& book, const Verdict& verdict) {
  const auto answers = answers_to(book, verdict);
  const auto is_answer = [&](const Mitigation& m) {
    return std::find(answers.begin(), answers.end(), &m) != answers.end();
  };
  const auto add = [&](const std::string& why, auto&& belongs) {
    for (const auto& mitigation : book.mitigations) {
      if (may_be_used(mitigation, verdict) && belongs(mitigation)) options.push_back(option_of(mitigation, why));
    }
  };
  const auto first = verdict.findings.empty() ? std::string() : verdict.findings.front().name;
  add("answers " + first, is_answer);
  add("buys time, cures nothing", [&](const Mitigation& m) { return m.holds_only && !is_answer(m); });
  add("not called for, one level higher", [&](const Mitigation& m) { return !m.holds_only && !is_answer(m); });
}

// What can be done where some changes stand and the plan does not go on.
void add_ways_out(std::vector<Option>& options) {
  options.push_back(option_of(kAnother, 'a', "look again and choose another mitigation"));
  options.push_back(option_of(kUndo, 'u', "undo what this run changed"));
  options.push_back(option_of(kLeave, 'l', "leave the changes and stop"));
}

bool offers_mitigations(const Playbook& book, const Verdict& verdict, bool changeable) {
  return changeable && verdict.kind != "unfit" &&
         std::any_of(book.mitigations.begin(), book.mitigations.end(),
                     [&](const Mitigation& m) { return may_be_used(m, verdict).has_value(); });
}

}  // namespace

std::string continue_with(const Link& link) { return "continue with " + link.book; }

bool worth_asking(const Playbook& book, const Verdict& verdict, bool changeable) {
  return offers_mitigations(book, verdict, changeable) || !links_of(verdict).empty();
}

Choice what_now(const Playbook& book, const Verdict& verdict, bool changeable) {
  Choice choice{.question = "What now?"};
  auto& options = choice.options;
  if (offers_mitigations(book, verdict, changeable)) add_mitigations(options, book, verdict);
  if (!options.empty())
    options.push_back(option_of(kByHand, 'b', "you type the commands in another terminal; the checks are made here"));
  for (const auto& link : links_of(verdict))
    options.push_back(option_of(continue_with(link), 0, "ends this run and begins another: " + link.command()));
  options.push_back(option_of(kLookAgain, 'l', "read everything once more"));
  options.push_back(option_of(kHandOver, 'h', "write down what is known, done and next for somebody else, and stop"));
  options.push_back(option_of(kStop, 's', "leave it as it is"));
  return choice;
}

Choice which_by_hand(const Playbook& book, const Verdict& verdict) {
  Choice choice{.question = "Which of them by hand?"};
  add_mitigations(choice.options, book, verdict);
  choice.options.push_back(option_of(kLookAgain, 'l', "none; read everything once more"));
  return choice;
}

Choice what_now_after_failure(bool complete, bool waits) {
  Choice choice{.question = complete ? "What was wanted did not come true. What now?"
                            : waits  ? "The plan stopped on its way. What now?"
                                     : "A change failed. What now?",
                .unattended = std::string(kLeave)};
  auto& options = choice.options;
  if (waits)
    options.push_back(
        option_of(kWait, 'w', complete ? "wait once more for the checks" : "try the same item once more, and go on"));
  add_ways_out(options);
  return choice;
}

Choice what_now_on_the_way(const std::string& mitigation, const std::string& where) {
  Choice choice{.question = "The plan " + mitigation + " stopped at " + where + ". What now?",
                .unattended = std::string(kGoOn)};
  auto& options = choice.options;
  options.push_back(option_of(kGoOn, 'g', "carry out the rest of it; what is done is not done again"));
  add_ways_out(options);
  return choice;
}

Choice what_became_of(const std::string& change, const std::string& why) {
  Choice choice{.question = "Was this done: " + change + "? Nobody knows: " + why + "."};
  auto& options = choice.options;
  options.push_back(option_of(kLookAgain, 'l', "read its state once more"));
  options.push_back(option_of(kWasDone, 'd', "yes: I have looked, and it was done"));
  options.push_back(option_of(kWasNotDone, 'n', "no: I have looked, and it was not"));
  options.push_back(option_of(kStop, 's', "I do not know; stop here"));
  return choice;
}

}  // namespace runbook::run

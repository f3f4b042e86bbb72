#include "run/hand_over.h"

#include <set>

#include "base/text.h"
#include "run/undo.h"

namespace runbook::run {

namespace {

std::string text(const Value& value) { return std::string(value.text_or("")); }

Value::List known(const Verdict& verdict) {
  Value::List out;
  for (const auto& found : verdict.findings) out.emplace_back(found.name + ": " + found.text);
  if (verdict.findings.empty()) out.emplace_back(verdict.kind + ": " + verdict.text);
  if (!verdict.ruled_out.empty()) out.emplace_back("ruled out: " + join(verdict.ruled_out, ", "));
  if (!verdict.unread.empty()) out.emplace_back("could not be read: " + join(verdict.unread, ", "));
  return out;
}

std::string deed(const safety::Record& record) {
  const auto& data = record.data;
  if (record.type == "OUTCOME") return text(data["status"]) + ": " + text(data["text"]);
  if (record.type == "GATE" && !data["approved"].bool_or(false)) return text(data["mitigation"]) + " was not approved";
  if (record.type == "BY_HAND" && data["stands"].bool_or(false)) return "by hand: " + text(data["what"]);
  if (record.type != "VERIFY") return {};
  return "the checks of " + text(data["mitigation"]) + (data["holds"].bool_or(false) ? " hold" : " do not hold");
}

Value::List next_steps(const Playbook& book, const Verdict& verdict, const std::set<std::string>& planned) {
  Value::List out;
  for (const auto& found : verdict.findings) {
    if (!found.next.empty()) out.emplace_back(found.name + ": " + found.next);
  }
  if (!verdict.next.empty()) out.emplace_back(verdict.next);
  for (const auto& link : links_of(verdict)) out.emplace_back(link.command());
  for (const auto* mitigation : answers_to(book, verdict)) {
    if (!planned.contains(mitigation->name))
      out.emplace_back(mitigation->name + " answers " + verdict.findings.front().name + " and was not tried");
  }
  return out;
}

}  // namespace

Result<void> hand_over(Session& session, const Playbook& book, const Verdict& verdict, const std::string& note) {
  RUNBOOK_TRY(records, session.world().journal.records(session.id()));
  RUNBOOK_TRY(standing, standing_changes(session.world().journal, session.id()));
  Value::List done;
  std::set<std::string> planned;
  for (const auto& record : records) {
    if (const auto sentence = deed(record); !sentence.empty()) done.emplace_back(sentence);
    if (record.type == "PLAN") planned.insert(text(record.data["mitigation"]));
  }
  Value::List stands;
  for (const auto& item : standing) {
    if (item.by_hand) {
      stands.emplace_back("by hand: " + item.by_hand->what);
    } else {
      stands.emplace_back(item.change.text + (item.in_doubt ? " (in doubt)" : ""));
    }
  }
  session.record("HAND_OVER", Value::Map{{"note", note},
                                         {"known", known(verdict)},
                                         {"done", std::move(done)},
                                         {"stands", std::move(stands)},
                                         {"next", next_steps(book, verdict, planned)}});
  return {};
}

}  // namespace runbook::run

#include "lint/plan_rules.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "run/change_fits.h"

namespace runbook::lint {

namespace {

using safety::Change;
using safety::ChangeRow;

// One proposed change, with what the row says of it. What was there before is not known: what must hold, must hold for
// a state that is absent as well as for one that is the wanted one already.
class ProposedChange {
 public:
  ProposedChange(const Value& item, const ChangeRow& row, std::size_t activates) : row_(row) {
    change_.row = row.name;
    change_.target = item["target"]["$target"].text_or("");
    change_.args = item["args"];
    change_.to = item["to"];
    change_.irreversible = item["irreversible"].text_or("");
    change_.nothing_to_undo = item["nothing_to_undo"].text_or("");
    change_.activates = activates;
    for (const auto& value : item["guard"].items()) {
      if (auto check = safety::Check::from_value(value)) change_.guard.push_back(std::move(*check));
    }
    author_level_ = item["level"].number_or(1);
  }

  Result<void> normalise() {
    RUNBOOK_TRY(to, row_.normalise(change_.args, change_.to));
    change_.to = to;
    return {};
  }

  [[nodiscard]] Result<void> fits() const { return run::fits_its_row(change_, row_); }

  // Whether it is wrong whatever it is set to.
  [[nodiscard]] bool wrong_for_any(const Error& error) const {
    const std::array<Value, 4> others = {Value(1), Value("x"), Value("1mb"), Value()};
    return std::all_of(others.begin(), others.end(), [&](const Value& to) {
      const auto fits = row_.normalise(change_.args, to);
      return !fits && fits.error().message == error.message;
    });
  }

  [[nodiscard]] bool surely_level_3() const {
    const auto before = {Value(), change_.to};
    return author_level_ >= 3 || std::all_of(before.begin(), before.end(), [&](const Value& from) {
             auto change = change_;
             change.from = from;
             return row_.describe(change);
           });
  }

  [[nodiscard]] bool has_way_back_or_reason() const {
    auto change = change_;
    row_.describe(change);
    if (change_.activates != 0) return true;  // it is done again after the undo of what it activates
    return !change_.irreversible.empty() || !change_.nothing_to_undo.empty() || !change.irreversible.empty() ||
           !change.nothing_to_undo.empty() || change.undo.has_value();
  }

 private:
  Change change_;
  const ChangeRow& row_;
  double author_level_ = 1;
};

class PlanRules {
 public:
  PlanRules(const Subject& subject, const run::Mitigation& mitigation, Diagnostics& out)
      : subject_(subject),
        mitigation_(mitigation),
        told_(subject.inspection["mitigations"][mitigation.name]),
        out_(out) {}

  void check() {
    const bool exact = told_["exact"].bool_or(false);
    if (told_["items"].as_list() != nullptr) {
      if (exact && told_["items"].items().empty()) {
        say("plan", "empty-plan", Severity::kError, "plan changes nothing");
      }
      for (const auto& item : told_["items"].items()) {
        check_change(item, exact, 0);
        for (const auto& after : item["activate"].items()) check_change(after, exact, 1);
      }
    }
    if (told_["checks"].number_or(1) == 0) {
      say("verify", "no-verify", Severity::kError, "verify holds no check: nothing would say whether it helped",
          "for example: return { check.redis(arg.redis):ping():is \"PONG\" }");
    }
  }

 private:
  void say(std::string_view slot, const char* rule, Severity severity, const std::string& message,
           std::string next = {}) {
    say_at(subject_.lines.mitigation(mitigation_.name, slot), rule, severity, message, std::move(next));
  }

  void say_at(int line, const char* rule, Severity severity, const std::string& message, std::string next = {}) {
    out_.push_back({.severity = severity,
                    .rule = rule,
                    .file = subject_.book.file,
                    .line = line,
                    .message = "mitigation \"" + mitigation_.name + "\": " + message,
                    .next = std::move(next)});
  }

  void check_change(const Value& item, bool exact, std::size_t activates) {
    const int line = line_of(item["where"].text_or(""));
    const auto row = std::find_if(subject_.changes.begin(), subject_.changes.end(),
                                  [&](const auto& each) { return each.name == item["change"].text_or(""); });
    if (row == subject_.changes.end()) return;
    ProposedChange change(item, *row, activates);
    if (const auto fits = change.fits(); !fits) {
      return say_at(line, "wrong-change", Severity::kError, fits.error().message, fits.error().next);
    }
    if (const auto fits = change.normalise(); !fits) {
      // What it is set to may come from a value that stood in for an answer.
      const bool sure = exact || change.wrong_for_any(fits.error());
      const auto severity = sure ? Severity::kError : Severity::kWarning;
      return say_at(line, "wrong-change", severity, fits.error().message, fits.error().next);
    }
    if (!change.has_way_back_or_reason()) {
      say_at(line, "no-undo", Severity::kError, std::string(row->name) + " has no way back, and nothing says why",
             "add irreversible = \"why\"");
    }
    if (mitigation_.warning.empty() && change.surely_level_3()) {
      say_at(line, "no-warning", Severity::kWarning,
             std::string(row->name) + " is of level 3, and no warning says what may be lost",
             "add warning = \"…\" to the mitigation");
    }
  }

  const Subject& subject_;
  const run::Mitigation& mitigation_;
  const Value& told_;
  Diagnostics& out_;
};

}  // namespace

void check_plan(const Subject& subject, const run::Mitigation& mitigation, Diagnostics& out) {
  PlanRules(subject, mitigation, out).check();
}

}  // namespace runbook::lint

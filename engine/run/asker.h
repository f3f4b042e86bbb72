// The questions that a run puts to its operator, and who answers them: the console, or the flags of the command line.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/task.h"
#include "base/value.h"
#include "safety/gate.h"
#include "safety/plan.h"

namespace runbook::run {

struct Option {
  std::string id;    // "raise-maxmemory", "look again"
  std::string text;  // what it does, for people
  char key = 0;      // what may be typed instead of its number; 0: nothing. q is taken
};

struct Choice {
  std::string question;
  std::vector<Option> options{};
  std::string unattended{};  // the option taken when nobody can be asked; empty: nobody but a person may choose
};

/// One value that a mitigation asks for.
struct Ask {
  std::string mitigation;
  std::string name;
  std::string kind;  // "bytes", "text", "number", "choice"
  std::string label;
  Value fallback{};                    // what the playbook proposes; null: nothing
  std::vector<std::string> options{};  // for "choice": all there are; else names to show beside the question
  std::function<Result<void>(const Value&)>
      accept{};  // a further test of what was typed; kUsage is shown, and asked again
};

class Asker {
 public:
  virtual ~Asker() = default;

  /// The id of one of the options. kDeclined when the operator quits, kUnasked when nobody can be asked.
  virtual Task<Result<std::string>> choose(const Choice& choice) = 0;
  /// A value of the asked kind. kUsage for one that does not fit.
  virtual Task<Result<Value>> fill(const Ask& ask) = 0;
  /// What the operator saw after doing by hand what the plan says; never empty. kDeclined when they quit, kUnasked when
  /// nobody can be asked.
  virtual Task<Result<std::string>> confirm(const safety::Manual& manual) = 0;
  /// The approval of this plan. kDeclined for a no, kUnasked when nobody can be asked, kRefused for flags that do not
  /// fit.
  virtual Task<Result<safety::Approval>> approve(const safety::Plan& plan) = 0;
};

/// Turns what somebody typed, or gave by -p MITIGATION.name=…, into a value of the asked kind. kUsage.
Result<Value> parse_answer(const Ask& ask, std::string_view text);

}  // namespace runbook::run

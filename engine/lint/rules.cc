#include "lint/rules.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/text.h"
#include "lint/plan_rules.h"

namespace runbook::lint {

namespace fs = std::filesystem;

namespace {

std::string listed(const Names& names) { return join(std::vector<std::string>(names.begin(), names.end()), ", "); }

class Rules {
 public:
  Rules(const Subject& subject, Diagnostics& out) : subject_(subject), book_(subject.book), out_(out) {
    for (const auto& mitigation : book_.mitigations) {
      answered_.insert(mitigation.answers.begin(), mitigation.answers.end());
    }
  }

  void check() {
    check_name();
    check_findings();
    check_dead_ends();
    for (const auto& mitigation : book_.mitigations) {
      check_answers(mitigation);
      check_asks(mitigation);
      check_plan(subject_, mitigation, out_);
    }
    check_inputs();
    check_readings();
    check_world();
  }

 private:
  [[nodiscard]] const SlotLines& lines() const { return subject_.lines; }
  [[nodiscard]] bool escaped_somewhere(std::string_view what) const { return subject_.usage.escaped.contains(what); }

  void say(int line, const char* rule, Severity severity, std::string message, std::string next = {}) {
    out_.push_back({.severity = severity,
                    .rule = rule,
                    .file = book_.file,
                    .line = line,
                    .message = std::move(message),
                    .next = std::move(next)});
  }

  void check_name() {
    const auto stem = fs::path(book_.file).stem().string();
    if (stem == book_.name) return;
    say(lines().playbook(), "file-name", Severity::kWarning,
        "playbook \"" + book_.name + "\" stands in " + escaped(stem, 60) + ".lua: it is run by the name of its file",
        "give both the same name");
  }

  void check_findings() {
    const auto& usage = subject_.usage;
    if (book_.findings.empty() && !usage.findings.empty()) {
      say(lines().playbook(), "no-meaning", Severity::kWarning,
          "findings: missing; nothing says what is meant by " + listed(usage.findings),
          "add findings = { [\"" + *usage.findings.begin() + "\"] = \"…\" }: it also makes misspelled names errors");
    }
    if (usage.computed) return;
    for (const auto& [name, meaning] : book_.findings) {
      if (usage.findings.contains(name)) continue;
      say(lines().playbook("findings." + name), "never-found", Severity::kWarning,
          "findings." + name + ": diagnose never gives this finding");
    }
  }

  // A finding that no mitigation answers and that says nothing of what comes next. Where that is so for all of them,
  // the playbook finds a problem and leaves the operator alone with it.
  void check_dead_ends() {
    Names dead;
    for (const auto& name : subject_.usage.findings) {
      if (!answered_.contains(name) && !subject_.usage.guided.contains(name)) dead.insert(name);
    }
    if (dead.empty()) return;
    const bool all = dead.size() == subject_.usage.findings.size() && !subject_.usage.computed;
    say(lines().playbook("diagnose"), "unanswered", all ? Severity::kWarning : Severity::kHint,
        "no mitigation answers " + listed(dead), "say what comes next: finding(…):next \"…\"");
  }

  // Without a findings slot, diagnose is what says which there are.
  void check_given(const std::vector<std::string>& names, int line, const std::string& about) {
    if (subject_.usage.computed || !book_.findings.empty()) return;
    for (const auto& name : names) {
      if (subject_.usage.findings.contains(name)) continue;
      say(line, "never-found", Severity::kError,
          about + ": \"" + escaped(name, 60) + "\" is no finding that diagnose gives" +
              suggestion(name, subject_.usage.findings));
    }
  }

  void check_answers(const run::Mitigation& mitigation) {
    const int line = lines().mitigation(mitigation.name, "answers");
    const auto about = "mitigation \"" + mitigation.name + "\": ";
    check_given(mitigation.answers, line, about + "answers");
    check_given(mitigation.not_while, lines().mitigation(mitigation.name, "not_while"), about + "not_while");
    if (mitigation.answers.empty()) {
      if (!mitigation.holds_only) {
        say(line, "answers-nothing", Severity::kWarning, about + "answers no finding: nothing ever calls for it",
            "add the findings that it cures to answers, or say purpose = \"hold\"");
      }
      return;
    }
    if (subject_.usage.computed) return;
    const auto given = [&](const std::string& name) { return subject_.usage.findings.contains(name); };
    if (!book_.findings.empty() && std::none_of(mitigation.answers.begin(), mitigation.answers.end(), given)) {
      say(line, "unreachable", Severity::kError,
          about + "its plan cannot be reached: diagnose gives none of the findings that it answers");
    }
  }

  void check_asks(const run::Mitigation& mitigation) {
    if (escaped_somewhere("chosen")) return;
    for (const auto& name : mitigation.asks) {
      if (subject_.usage.asks.contains(mitigation.name + "." + name)) continue;
      say(lines().mitigation(mitigation.name, "asks." + name), "unused-name", Severity::kWarning,
          "mitigation \"" + mitigation.name + "\": asks." + name + " is asked for and never used");
    }
  }

  void check_inputs() {
    if (escaped_somewhere("arg")) return;
    for (const auto& input : book_.inputs) {
      if (subject_.usage.inputs.contains(input.name)) continue;
      say(lines().playbook("inputs." + input.name), "unused-name", Severity::kWarning,
          "inputs." + input.name + " is asked for and never used");
    }
  }

  void check_readings() {
    if (escaped_somewhere("found")) return;
    Names unused;
    for (const auto& name : subject_.inspection["readings"].items()) {
      const std::string text(name.text_or(""));
      if (!subject_.usage.readings.contains(text)) unused.insert(text);
    }
    if (unused.empty()) return;
    say(lines().playbook("evidence"), "unused-reading", Severity::kHint,
        "looked at and kept as evidence, but nothing is decided by it: " + listed(unused));
  }

  // A recorded incident to rehearse the playbook with.
  void check_world() {
    std::error_code ignored;
    const auto folder = fs::path(book_.file).parent_path() / "worlds" / book_.name;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
      if (entry.path().extension() == ".toml") return;
    }
    say(lines().playbook(), "no-world", Severity::kWarning, "there is no recorded incident to test it with",
        "make one of a run that you have seen: runbook test --record RUN --as NAME");
  }

  const Subject& subject_;
  const run::Playbook& book_;
  Diagnostics& out_;
  Names answered_;
};

constexpr const char* kLeftOut = "ask whether it is there, or let the mitigation say needs = { … }";

std::string said_of(const Value& problem) {
  const auto slot = problem["slot"].text_or("");
  auto message = std::string(problem["message"].text_or(""));
  if (slot == "unread") return "diagnose fails when nothing could be read: " + message;
  if (problem["sure"].bool_or(false)) return message;
  if (const auto without = problem["without"].text_or(""); !without.empty())
    return std::string(slot) + " fails when " + escaped(without, 200) +
           (without.find(',') == std::string::npos ? " is" : " are") + " left out: " + message;
  return std::string(slot) + " fails with sample values for inputs and asks: " + message;
}

}  // namespace

int line_of(std::string_view where) {
  int line = 1;
  const auto colon = where.rfind(':');
  if (colon != std::string_view::npos) {
    std::from_chars(where.data() + colon + 1, where.data() + where.size(), line);
  }
  return line;
}

void check_rules(const Subject& subject, Diagnostics& out) { Rules(subject, out).check(); }

void check_problems(const run::Playbook& book, const Value& inspection, Diagnostics& out) {
  for (const auto& problem : inspection["problems"].items()) {
    const auto where = std::string(problem["where"].text_or(""));
    out.push_back({.severity = problem["sure"].bool_or(false) ? Severity::kError : Severity::kWarning,
                   .rule = "fails",
                   .file = where.empty() ? book.file : where.substr(0, where.rfind(':')),
                   .line = line_of(where),
                   .message = said_of(problem),
                   .next = problem["without"].is_null() ? "" : kLeftOut});
  }
}

}  // namespace runbook::lint

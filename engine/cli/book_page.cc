#include "cli/book_page.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "run/outline.h"
#include "safety/check.h"

namespace runbook::cli {

namespace {

Value list_of(const std::vector<std::string>& texts) { return Value::List(texts.begin(), texts.end()); }

std::string blank(const std::string& name) { return "<" + name + ">"; }

class Page {
 public:
  Page(const run::Playbook& book, const Value& outline, const Rows& rows, const std::vector<WorldOnPage>& worlds)
      : book_(book), outline_(outline), rows_(rows), worlds_(worlds) {}

  [[nodiscard]] Value value() const {
    Value::List mitigations;
    for (const auto& one : book_.mitigations) mitigations.push_back(mitigation(one));
    return Value::Map{{"format", 1},
                      {"book", book_.name},
                      {"summary", book_.summary},
                      {"notes", list_of(book_.notes)},
                      {"alerts", list_of(book_.alerts)},
                      {"severity", book_.severity},
                      {"owner", book_.owner},
                      {"read_only", book_.read_only()},
                      {"inputs", inputs()},
                      {"looks", looks()},
                      {"looks_problem", outline_["problem"]},
                      {"findings", findings()},
                      {"mitigations", std::move(mitigations)},
                      {"watch", watch()},
                      {"follow_up", follow_up()},
                      {"worlds", worlds()}};
  }

 private:
  [[nodiscard]] Value inputs() const {
    Value::List out;
    for (const auto& input : book_.inputs) {
      const auto& users = input.fallback["users_of"];
      const auto& container = input.fallback["container_of"];
      const auto& host = input.fallback["host_of"];
      const auto text = !users.is_null()       ? Value("users of " + std::string(users.text_or("")))
                        : !container.is_null() ? Value("container of " + std::string(container.text_or("")))
                        : !host.is_null()      ? Value("host of " + std::string(host.text_or("")))
                                               : input.fallback;
      out.push_back(Value::Map{{"name", input.name},
                               {"kind", input.kind},
                               {"label", input.label},
                               {"many", input.many},
                               {"optional", input.optional},
                               {"default", text}});
    }
    return out;
  }

  // In the order in which they are started; those that belong to no name of the evidence last.
  [[nodiscard]] Value looks() const {
    Value::List out;
    for (const auto& reading : outline_["readings"].items()) {
      const safety::Call call{.row = std::string(reading["row"].text_or("")), .target = {}, .args = reading["args"]};
      const auto* row = safety::row_named(rows_.reads, call.row);
      out.push_back(Value::Map{
          {"name", reading["name"].text_or("")}, {"call", call.text()}, {"doc", row == nullptr ? "" : row->doc}});
    }
    std::stable_partition(out.begin(), out.end(), [](const Value& look) { return !look["name"].text_or("").empty(); });
    return out;
  }

  [[nodiscard]] Value findings() const {
    Value::List out;
    for (const auto& name : book_.possible_findings()) {
      std::vector<std::string> answered_by;
      for (const auto& one : book_.mitigations) {
        if (std::find(one.answers.begin(), one.answers.end(), name) != one.answers.end())
          answered_by.push_back(one.name);
      }
      const auto meaning = book_.findings.find(name);
      out.push_back(Value::Map{{"name", name},
                               {"meaning", meaning == book_.findings.end() ? "" : meaning->second},
                               {"answered_by", list_of(answered_by)},
                               {"next", next_after(name)}});
    }
    return out;
  }

  // What a person does about a finding is said by diagnose: as it was said in the first world that has it.
  [[nodiscard]] std::string next_after(const std::string& name) const {
    for (const auto& one : worlds_) {
      for (const auto& found : one.verdict["findings"].items()) {
        if (found["name"].text_or("") != name) continue;
        std::vector<std::string> steps;
        if (!found["next"].text_or("").empty()) steps.emplace_back(found["next"].text_or(""));
        if (!found["link"].is_null()) steps.push_back("runbook run " + std::string(found["link"]["book"].text_or("")));
        return join(steps, "; then ");
      }
    }
    return {};
  }

  [[nodiscard]] Value mitigation(const run::Mitigation& one) const {
    const auto& told = outline_["mitigations"][one.name];
    Value::List steps;
    for (const auto& item : told["items"].items()) {
      steps.emplace_back(step(item));
      for (const auto& after : item["activate"].items()) steps.emplace_back("to make it count: " + step(after));
    }
    return Value::Map{{"name", one.name},
                      {"answers", list_of(one.answers)},
                      {"not_while", list_of(one.not_while)},
                      {"needs", list_of(one.needs)},
                      {"asks", list_of(one.asks)},
                      {"warning", one.warning},
                      {"hold", one.holds_only},
                      {"steps", std::move(steps)},
                      {"checks", checks(told["checks"])},
                      {"within", duration_text(one.within)},
                      {"holds", one.holds.count() > 0 ? Value(duration_text(one.holds)) : Value()},
                      {"problem", told["problem"]},
                      {"recorded", recorded(one.name)}};
  }

  // One item of an outline in a sentence.
  [[nodiscard]] std::string step(const Value& item) const {
    if (!item["barrier"].is_null()) {
      const auto wanted = checks(item["barrier"]);
      std::vector<std::string> words;
      for (const auto& check : wanted.items()) words.emplace_back(check.text_or(""));
      const auto& least = item["at_least"];
      return "go on only when " + (least.is_null() ? "" : "of at least " + to_json(least) + " targets ") +
             join(words, " and ");
    }
    if (!item["manual"].is_null())
      return "by hand: " + std::string(item["manual"].text_or("")) + ", until you see " +
             std::string(item["expects"].text_or(""));
    const auto name = item["change"].text_or("");
    const auto* row = safety::row_named(rows_.changes, name);
    if (row == nullptr) return std::string(name);
    safety::Target target;
    target.name = item["target"]["$target"].text_or("");
    const auto change = run::unseen_change(*row, target, item);
    if (!change) return change.error().message;
    auto text = change->text;
    for (const auto& lost : change->destroys) text += "; LOSES " + lost;
    if (!change->irreversible.empty()) text += "; no way back: " + change->irreversible;
    return text;
  }

  static Value checks(const Value& values) {
    Value::List out;
    for (const auto& value : values.items()) {
      if (const auto check = safety::Check::from_value(value)) out.emplace_back(check->text());
    }
    return out;
  }

  [[nodiscard]] Value recorded(const std::string& mitigation) const {
    for (const auto& [world, verdict, plan, transcript] : worlds_) {
      if (!plan.is_null() && world.expect.mitigation == mitigation)
        return Value::Map{{"world", world.name}, {"level", plan["level"]}, {"plan", plan}};
    }
    return {};
  }

  [[nodiscard]] Value watch() const {
    if (!book_.watch) return {};
    return Value::Map{{"within", duration_text(book_.watch->within)}, {"note", book_.watch->note}};
  }

  [[nodiscard]] Value follow_up() const {
    Value::List out;
    for (const auto& [after, text] : book_.follow_up)
      out.push_back(Value::Map{{"after", duration_text(after)}, {"text", text}});
    return out;
  }

  [[nodiscard]] Value worlds() const {
    Value::List out;
    for (const auto& [world, verdict, plan, transcript] : worlds_) {
      out.push_back(Value::Map{{"name", world.name},
                               {"about", world.about},
                               {"verdict", list_of(world.expect.verdict)},
                               {"mitigation", world.expect.mitigation},
                               {"exit", world.expect.exit},
                               {"transcript", transcript}});
    }
    return out;
  }

  const run::Playbook& book_;
  const Value& outline_;
  const Rows& rows_;
  const std::vector<WorldOnPage>& worlds_;
};

}  // namespace

Value blank_inputs(const run::Playbook& book) {
  Value out = Value::Map{};
  for (const auto& input : book.inputs) {
    if (input.kind == "text") {
      out[input.name] = blank(input.name);
    } else if (input.kind == "number") {
      out[input.name] = input.fallback.is_null() ? Value(1) : input.fallback;
    } else {
      const Value target = Value::Map{{"$target", blank(input.name)}, {"kind", input.kind}};
      out[input.name] = input.many ? Value(Value::List{target}) : target;
    }
  }
  return out;
}

Value book_page(const run::Playbook& book, const Value& outline, const Rows& rows,
                const std::vector<WorldOnPage>& worlds) {
  return Page(book, outline, rows, worlds).value();
}

}  // namespace runbook::cli

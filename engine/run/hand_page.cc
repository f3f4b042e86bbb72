#include "run/hand_page.h"

#include <utility>

#include "run/by_hand.h"
#include "run/inputs.h"
#include "run/outline.h"

namespace runbook::run {

using safety::Change;

namespace {

// Nobody is there to choose; what is to be filled in stands in brackets.
class Blanks final : public Asker {
 public:
  Task<Result<std::string>> choose(const Choice& choice) override {
    co_return Error{.code = Code::kUnasked, .message = choice.question};
  }
  Task<Result<Value>> fill(const Ask& ask) override {
    // Targets have no blank: where one is reached is what the page is about.
    if (ask.accept) co_return Error{.code = Code::kUnasked, .message = ask.label};
    co_return Value("<" + ask.label + ">");
  }
  Task<Result<safety::Approval>> approve(const safety::Plan& /*plan*/) override {
    co_return Error{.code = Code::kUnasked, .message = "nothing is approved here"};
  }
  Task<Result<std::string>> confirm(const safety::Manual& manual) override {
    co_return Error{.code = Code::kUnasked, .message = manual.what};
  }
};

// Fills the outline's calls and changes in, for the targets of the inputs.
class Page {
 public:
  Page(const World& world, const Playbook& book, const ResolvedInputs& inputs)
      : world_(world), book_(book), inputs_(inputs) {
    engine_.name = engine_.kind = safety::kEngineTarget;
  }

  [[nodiscard]] Value of(const Value& outline) const {
    Value::List look;
    for (const auto& reading : outline["readings"].items()) look.push_back(read(reading));
    Value::List targets;
    for (const auto& [name, target] : inputs_.targets) targets.emplace_back(name);
    Value::List findings;
    for (const auto& name : book_.possible_findings()) {
      const auto meaning = book_.findings.find(name);
      findings.push_back(Value::Map{{"name", name}, {"text", meaning == book_.findings.end() ? "" : meaning->second}});
    }
    Value::List mitigations;
    for (const auto& one : book_.mitigations) mitigations.push_back(mitigation(one, outline["mitigations"][one.name]));
    return Value::Map{{"book", book_.name},
                      {"summary", book_.summary},
                      {"problem", outline["problem"]},
                      {"targets", std::move(targets)},
                      {"look", std::move(look)},
                      {"findings", std::move(findings)},
                      {"mitigations", std::move(mitigations)}};
  }

 private:
  [[nodiscard]] const safety::Target* target(const Value& named) const {
    const auto name = named.as_map() != nullptr ? named["$target"].text_or("") : named.text_or("");
    if (name == safety::kEngineTarget) return &engine_;
    const auto found = inputs_.targets.find(name);
    return found == inputs_.targets.end() ? nullptr : &found->second;
  }

  [[nodiscard]] std::string command(const safety::Call& call) const {
    const auto* row = world_.read_row(call.row);
    const auto* where = target(call.target);
    return row == nullptr || where == nullptr ? "" : safety::by_hand(*row, hand_target(world_, *where), call.args);
  }

  [[nodiscard]] Value read(const Value& reading) const {
    const safety::Call call{.row = std::string(reading["row"].text_or("")),
                            .target = std::string(reading["target"].text_or("")),
                            .args = reading["args"]};
    return Value::Map{{"name", reading["name"]}, {"text", call.text()}, {"command", command(call)}};
  }

  [[nodiscard]] Value checks(const Value& values) const {
    Value::List out;
    for (const auto& value : values.items()) {
      const auto check = safety::Check::from_value(value);
      if (check) out.push_back(Value::Map{{"text", check->text()}, {"command", command(check->call)}});
    }
    return out;
  }

  [[nodiscard]] Value mitigation(const Mitigation& one, const Value& told) const {
    Value::List steps;
    for (const auto& item : told["items"].items()) {
      if (!item["barrier"].is_null()) {
        steps.push_back(Value::Map{{"barrier", checks(item["barrier"])}, {"at_least", item["at_least"]}});
      } else if (!item["manual"].is_null()) {
        steps.push_back(Value::Map{{"text", item["manual"]}, {"expects", item["expects"]}});
      } else {
        steps.push_back(change(item));
        for (const auto& after : item["activate"].items()) steps.push_back(change(after));
      }
    }
    return Value::Map{{"name", one.name},
                      {"answers", Value::List(one.answers.begin(), one.answers.end())},
                      {"not_while", Value::List(one.not_while.begin(), one.not_while.end())},
                      {"lacks", one.lacks},
                      {"hold", one.holds_only},
                      {"warning", one.warning},
                      {"problem", told["problem"]},
                      {"steps", std::move(steps)},
                      {"checks", checks(told["checks"])},
                      {"within_ms", one.within.count()},
                      {"holds_ms", one.holds.count()}};
  }

  [[nodiscard]] Value change(const Value& item) const {
    const std::string name(item["change"].text_or(""));
    const auto* row = world_.change_row(name);
    const auto* where = target(item["target"]);
    if (row == nullptr || where == nullptr) return Value::Map{{"text", name + ": of a target not known here"}};
    if (where->look_only) return Value::Map{{"text", where->name + " may be looked at, not changed"}};
    if (row->probe && where->probe_prefix.empty()) return Value::Map{{"text", where->name + " may not be probed"}};
    const auto told = unseen_change(*row, *where, item);
    if (!told) return Value::Map{{"text", told.error().text()}};
    const auto& change = *told;
    const auto manual = manual_of(world_, *where, change);
    Value step = Value::Map{{"text", change.text},
                            {"commands", Value::List(manual.commands.begin(), manual.commands.end())},
                            {"irreversible", change.irreversible},
                            {"loses", Value::List(change.destroys.begin(), change.destroys.end())}};
    if (manual.undo) step["undo"] = Value::List(manual.undo->commands.begin(), manual.undo->commands.end());
    if (manual.undo && row->by_hand == nullptr) step["before"] = command(safety::state_read(*row, change));
    return step;
  }

  const World& world_;
  const Playbook& book_;
  const ResolvedInputs& inputs_;
  safety::Target engine_;
};

// {mitigation: {ask: text}}
Value given_by_mitigation(const std::map<std::string, std::string>& asks) {
  Value given = Value::Map{};
  for (const auto& [key, text] : asks) {
    const auto dot = key.find('.');
    given[key.substr(0, dot)][key.substr(dot + 1)] = text;
  }
  return given;
}

}  // namespace

Task<Result<Value>> hand_page(const World& world, std::string book, std::map<std::string, std::string> inputs,
                              std::map<std::string, std::string> asks) {
  const Workbench bench{.loop = world.loop,
                        .config = world.config,
                        .worker = world.worker,
                        .reads = world.reads,
                        .changes = world.changes};
  RUNBOOK_CO_TRY(outline, co_await Outline::load(bench, std::move(book)));
  const auto& playbook = outline->book();
  RUNBOOK_CO_CHECK(check_asks(playbook, asks));
  Blanks blanks;
  RUNBOOK_CO_TRY(resolved, co_await resolve_inputs(playbook, inputs, world.inventory, blanks));
  auto arg = resolved.for_worker;
  auto given = given_by_mitigation(asks);
  RUNBOOK_CO_TRY(told, co_await outline->tell(std::move(arg), std::move(given)));
  auto given_book = playbook;
  note_lacks(given_book, resolved);
  co_return Page(world, given_book, resolved).of(told);
}

}  // namespace runbook::run

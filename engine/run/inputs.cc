#include "run/inputs.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace runbook::run {

namespace {

using safety::Target;

bool is_target_kind(std::string_view kind) { return kind != "text" && kind != "number"; }

Error usage(const InputSpec& input, std::string message, std::string next = {}) {
  return {.code = Code::kUsage, .message = std::move(message), .where = "input " + input.name, .next = std::move(next)};
}

void take(ResolvedInputs& out, const InputSpec& input, const Target& target) {
  out.targets.insert_or_assign(target.name, target);
  out.for_worker[input.name] = Value::Map{{"$target", target.name}, {"kind", target.kind}};
  out.for_record[input.name] = target.name;
}

Result<void> take_given_target(ResolvedInputs& out, const InputSpec& input, const std::string& given,
                               const Inventory& inventory) {
  if (given.find("://") != std::string::npos) {
    RUNBOOK_TRY(target, target_from_url(given));
    take(out, input, target);
    out.notes.push_back(input.name + ": " + escaped(given, 80) + ", given as a URL: it can be looked at, not changed");
    return {};
  }
  const auto found = inventory.find(given);
  if (!found) return usage(input, found.error().message, found.error().next);
  if ((*found)->kind != input.kind) {
    return usage(input, given + " is a " + (*found)->kind + ", and this input wants a " + input.kind);
  }
  take(out, input, **found);
  return {};
}

std::vector<const Target*> candidates(const InputSpec& input, const Inventory& inventory, const Value& so_far) {
  if (const auto used = input.fallback["users_of"].text_or(""); !used.empty()) {
    auto users = inventory.users_of(so_far[used].text_or(""));
    std::erase_if(users, [&](const Target* target) { return target->kind != input.kind; });
    return users;
  }
  return inventory.of_kind(input.kind);
}

Task<Result<void>> take_omitted_target(ResolvedInputs& out, const InputSpec& input, const Inventory& inventory,
                                       Asker& asker) {
  const auto found = candidates(input, inventory, out.for_record);
  if (found.empty()) {
    co_return usage(input, "the inventory has no " + input.kind,
                    "add one, or give a URL: -p " + input.name + "=" + input.kind + "://…");
  }
  if (found.size() == 1) {
    take(out, input, *found.front());
    out.notes.push_back(input.name + ": " + found.front()->name + ", the only " + input.kind + " of the inventory");
    co_return Result<void>();
  }
  Choice choice{.question = input.name + ": " + input.label};
  std::vector<std::string> names;
  for (const auto* target : found) {
    choice.options.push_back({.id = target->name, .text = target->env});
    names.push_back(target->name);
  }
  const auto chosen = co_await asker.choose(choice);
  if (!chosen && chosen.error().code == Code::kUnasked) {
    co_return usage(input, "several could be meant: " + join(names, ", "),
                    "say which: -p " + input.name + "=" + names.front());
  }
  if (!chosen) co_return chosen.error();
  co_return take_given_target(out, input, *chosen, inventory);
}

Result<Value> plain_value(const InputSpec& input, const std::string& given) {
  const Ask ask{.mitigation = "", .name = input.name, .kind = input.kind, .label = input.label};
  return parse_answer(ask, given);
}

Task<Result<void>> take_plain(ResolvedInputs& out, const InputSpec& input, const std::string* given, Asker& asker) {
  Value value = input.fallback;
  if (given != nullptr) {
    RUNBOOK_CO_TRY(parsed, plain_value(input, *given));
    value = parsed;
  } else if (value.is_null() && !input.optional) {
    const Ask ask{.mitigation = "", .name = input.name, .kind = input.kind, .label = input.label};
    const auto answer = co_await asker.fill(ask);
    if (!answer && answer.error().code == Code::kUnasked) {
      co_return usage(input, "missing: " + input.label, "give it: -p " + input.name + "=…");
    }
    if (!answer) co_return answer.error();
    value = *answer;
  }
  out.for_worker[input.name] = value;
  out.for_record[input.name] = value;
  co_return Result<void>();
}

Result<void> check_names(const Playbook& book, const std::map<std::string, std::string>& given) {
  std::vector<std::string> known;
  for (const auto& input : book.inputs) known.push_back(input.name);
  for (const auto& [name, text] : given) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const auto near = nearest(name, known);
    return Error{.code = Code::kUsage,
                 .message = book.name + " has no input " + escaped(name, 40),
                 .next = near.empty() ? "its inputs: " + join(known, ", ") : "did you mean " + near + "?"};
  }
  return {};
}

}  // namespace

Task<Result<ResolvedInputs>> resolve_inputs(const Playbook& book, const std::map<std::string, std::string>& given,
                                            const Inventory& inventory, Asker& asker) {
  RUNBOOK_CO_CHECK(check_names(book, given));
  ResolvedInputs out;
  for (const auto& input : book.inputs) {
    const auto found = given.find(input.name);
    const auto* text = found == given.end() ? nullptr : &found->second;
    if (!is_target_kind(input.kind)) {
      RUNBOOK_CO_CHECK(co_await take_plain(out, input, text, asker));
    } else if (text != nullptr) {
      RUNBOOK_CO_CHECK(take_given_target(out, input, *text, inventory));
    } else if (!input.optional) {
      RUNBOOK_CO_CHECK(co_await take_omitted_target(out, input, inventory, asker));
    }
  }
  co_return out;
}

}  // namespace runbook::run

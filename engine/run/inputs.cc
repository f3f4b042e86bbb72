#include "run/inputs.h"

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "run/selection.h"

namespace runbook::run {

namespace {

using safety::Target;

bool is_target_kind(std::string_view kind) { return kind != "text" && kind != "number"; }

Error usage(const InputSpec& input, std::string message, std::string next = {}) {
  return {.code = Code::kUsage, .message = std::move(message), .where = "input " + input.name, .next = std::move(next)};
}

Error at_input(Error error, std::string where) {
  error.where = std::move(where);
  return error;
}

// An optional input that nobody gave: nil, and of many an empty list.
Result<void> leave_out(ResolvedInputs& out, const InputSpec& input) {
  if (!input.many) return {};
  out.for_worker[input.name] = Value::List{};
  out.for_record[input.name] = Value::List{};
  return {};
}

Value handle(const Target& target) { return Value::Map{{"$target", target.name}, {"kind", target.kind}}; }

// The input's value, as the playbook and the record have it. An input of one target is given one.
void take(ResolvedInputs& out, const InputSpec& input, const std::vector<Target>& targets) {
  Value::List handles;
  Value::List names;
  for (const auto& target : targets) {
    out.targets.insert_or_assign(target.name, target);
    handles.push_back(handle(target));
    names.emplace_back(target.name);
    if (target.name == target.url)
      out.notes.push_back(input.name + ": " + escaped(target.url, 80) +
                          ", given as a URL: it can be looked at, not changed");
  }
  out.for_worker[input.name] = input.many ? Value(std::move(handles)) : handles.front();
  out.for_record[input.name] = input.many ? Value(std::move(names)) : names.front();
}

std::vector<std::string> names_of(const std::vector<Target>& targets) {
  std::vector<std::string> names;
  for (const auto& target : targets) names.push_back(target.name);
  return names;
}

// Which hosts of imported files can be meant by no selection; the reasons are many lines, and doctor's to tell.
void note_left_out(ResolvedInputs& out, const InputSpec& input, const Inventory& inventory) {
  constexpr std::size_t kMostNames = 5;
  std::vector<std::string> names;
  for (const auto& left : inventory.left_out())
    names.push_back(escaped(left.name.empty() ? left.where : left.name, 60));
  if (input.kind != "ssh" || names.empty()) return;
  const auto more = names.size() - std::min(names.size(), kMostNames);
  names.resize(names.size() - more);
  out.notes.push_back(input.name + ": left out of the inventory: " + join(names, ", ") +
                      (more == 0 ? "" : " and " + std::to_string(more) + " more") + "; runbook doctor says why");
}

// Takes what a text selects. An input of one target takes no text that selects several.
Result<void> take_selected(ResolvedInputs& out, const InputSpec& input, std::string_view text,
                           const Inventory& inventory) {
  auto selected = select_targets(text, input.kind, inventory);
  if (!selected) return at_input(selected.error(), "input " + input.name);
  const auto names = names_of(*selected);
  if (!input.many && names.size() > 1) {
    return usage(input, "it is one " + input.kind + ", and \"" + escaped(text, 120) + "\" selects " + join(names, ", "),
                 "say which: -p " + input.name + "=" + names.front());
  }
  take(out, input, *selected);
  if (text != join(names, ",")) {
    out.notes.push_back(input.name + ": " + join(names, ", ") + " (" + escaped(text) + ")");
    note_left_out(out, input, inventory);
  }
  return {};
}

// What an omitted input may mean, and how a note puts it.
struct Candidates {
  std::vector<Target> targets{};
  std::string why{};
};

// The targets that have to do with what was given as another input, as `related` says for each of those.
using Related = std::vector<const Target*> (Inventory::*)(std::string_view name) const;

Candidates related_to(const InputSpec& input, std::string_view given, const ResolvedInputs& so_far,
                      const Inventory& inventory, Related related, std::string_view why) {
  Candidates out;
  std::vector<std::string> names;
  const auto& value = std::as_const(so_far.for_record)[given];
  const auto list = value.as_list() != nullptr ? value.items() : Value::List{value};
  for (const auto& name : list) {
    names.emplace_back(name.text_or(""));
    for (const auto* target : (inventory.*related)(names.back())) {
      const auto known = names_of(out.targets);
      if (target->kind == input.kind && std::find(known.begin(), known.end(), target->name) == known.end())
        out.targets.push_back(*target);
    }
  }
  out.why = std::string(why) + " " + join(names, ", ");
  return out;
}

Result<Candidates> candidates(const InputSpec& input, const ResolvedInputs& so_far, const Inventory& inventory) {
  if (const auto used = input.fallback["users_of"].text_or(""); !used.empty())
    return related_to(input, used, so_far, inventory, &Inventory::users_of, "what uses");
  if (const auto inside = input.fallback["container_of"].text_or(""); !inside.empty())
    return related_to(input, inside, so_far, inventory, &Inventory::container_of, "the container of");
  if (const auto on = input.fallback["host_of"].text_or(""); !on.empty())
    return related_to(input, on, so_far, inventory, &Inventory::host_of, "the host of");
  if (const auto* text = input.fallback.as_text()) {
    auto selected = select_targets(*text, input.kind, inventory);
    if (selected) return Candidates{.targets = *selected, .why = "the default, " + escaped(*text)};
    return at_input(selected.error(), "input " + input.name + ", by default");
  }
  Candidates out{.why = "the only " + input.kind + " of the inventory"};
  for (const auto* target : inventory.of_kind(input.kind)) out.targets.push_back(*target);
  return out;
}

Task<Result<void>> choose_one(ResolvedInputs& out, const InputSpec& input, std::vector<Target> among,
                              const Inventory& inventory, Asker& asker) {
  Choice choice{.question = input.name + ": " + input.label};
  for (const auto& target : among) {
    const auto tags = target.tags.empty() ? "" : ", tags " + join(target.tags, " ");
    choice.options.push_back({.id = target.name, .text = (target.env.empty() ? "no env" : target.env) + tags});
  }
  const auto chosen = co_await asker.choose(choice);
  if (!chosen) co_return chosen.error();
  co_return take_selected(out, input, *chosen, inventory);
}

Task<Result<void>> choose_many(ResolvedInputs& out, const InputSpec& input, std::vector<Target> among,
                               const Inventory& inventory, Asker& asker) {
  Ask ask{.mitigation = "",
          .name = input.name,
          .kind = "text",
          .label = input.name + ": " + input.label + " (names, or an expression such as tag:cache)",
          .options = names_of(among)};
  ask.accept = [&](const Value& typed) -> Result<void> {
    const auto selected = select_targets(typed.text_or(""), input.kind, inventory);
    return selected ? Result<void>() : selected.error();
  };
  const auto typed = co_await asker.fill(ask);
  if (!typed) co_return typed.error();
  co_return take_selected(out, input, typed->text_or(""), inventory);
}

Task<Result<void>> take_omitted_target(ResolvedInputs& out, const InputSpec& input, const Inventory& inventory,
                                       Asker& asker) {
  const bool has_default = !input.fallback.is_null();
  const bool nothing_to_mean = !has_default || inventory.of_kind(input.kind).empty();
  if (input.optional && nothing_to_mean) co_return leave_out(out, input);
  RUNBOOK_CO_TRY(found, candidates(input, out, inventory));
  const auto& targets = found.targets;
  if (targets.empty() && input.optional) co_return leave_out(out, input);
  if (targets.empty()) {
    const auto message = has_default ? "no " + input.kind + " is " + found.why : "the inventory has no " + input.kind;
    co_return usage(input, message, "give it: -p " + input.name + "=…; a server's URL can be looked at too");
  }
  if (targets.size() == 1 || (input.many && has_default)) {
    out.notes.push_back(input.name + ": " + join(names_of(targets), ", ") + ", " + found.why);
    note_left_out(out, input, inventory);
    take(out, input, targets);
    co_return Result<void>();
  }
  auto asking = input.many ? choose_many(out, input, targets, inventory, asker)
                           : choose_one(out, input, targets, inventory, asker);
  const auto chosen = co_await std::move(asking);
  if (chosen || chosen.error().code != Code::kUnasked) co_return chosen;
  const auto names = names_of(targets);
  co_return usage(input, "several could be meant: " + join(names, ", "),
                  input.many ? "say which, never all by itself: -p " + input.name + "=" + names[0] + "," + names[1]
                             : "say which: -p " + input.name + "=" + names.front());
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

// Of many, none is left out as well.
bool is_there(const Value& value) { return !value.is_null() && (value.as_list() == nullptr || !value.items().empty()); }

}  // namespace

void note_lacks(Playbook& book, const ResolvedInputs& inputs) {
  for (auto& mitigation : book.mitigations) {
    const auto lacking = std::find_if(mitigation.needs.begin(), mitigation.needs.end(), [&](const std::string& name) {
      return !is_there(std::as_const(inputs.for_record)[name]);
    });
    mitigation.lacks = lacking == mitigation.needs.end() ? "" : *lacking;
  }
}

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
      RUNBOOK_CO_CHECK(take_selected(out, input, *text, inventory));
    } else {
      RUNBOOK_CO_CHECK(co_await take_omitted_target(out, input, inventory, asker));
    }
  }
  co_return out;
}

}  // namespace runbook::run

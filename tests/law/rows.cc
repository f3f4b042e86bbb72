// Prints all rows as JSON: what types/, docs/reference.md and the tables in docs/writing-playbooks.md are made of and
// held against.
#include <cstdio>
#include <span>

#include "base/json.h"
#include "primitive/read/read_rows.h"
#include "primitive/spec/change_rows.h"

namespace {

using runbook::Value;
using runbook::safety::ArgType;
using runbook::safety::Change;
using runbook::safety::ChangeRow;

std::string_view type_name(ArgType type) {
  switch (type) {
    case ArgType::kText:
      return "text";
    case ArgType::kNumber:
      return "number";
    case ArgType::kBool:
      return "boolean";
    case ArgType::kArgv:
      return "argv";
    case ArgType::kBytes:
      return "bytes";
    case ArgType::kTable:
      return "table";
    case ArgType::kTarget:
      return "target";
  }
  return "text";
}

Value args_value(std::span<const runbook::safety::ArgSpec> args) {
  Value::List list;
  for (const auto& arg : args) {
    list.push_back(Value::Map{{"name", arg.name},
                              {"type", type_name(arg.type)},
                              {"required", arg.required},
                              {"doc", arg.doc},
                              {"example", arg.example},
                              {"one_of", Value::List(arg.one_of.begin(), arg.one_of.end())}});
  }
  return list;
}

Value texts(const std::vector<std::string>& list) { return Value::List(list.begin(), list.end()); }

// A number where an author would write one.
Value example_of(std::string_view text) {
  if (text.empty()) return {};
  if (text.starts_with('{')) return runbook::parse_json(text).value();
  const bool number = text.find_first_not_of("0123456789") == std::string_view::npos;
  return number ? Value(std::stod(std::string(text))) : Value(text);
}

// What the engine says of the change that the row's own examples make: nobody has looked, so the state before is words.
Value described(const ChangeRow& row) {
  Change change{.row = std::string(row.name), .target = "cache-1"};
  for (const auto& arg : row.args) {
    if (arg.type == ArgType::kArgv) change.args[std::string(arg.name)] = Value::List{arg.example};
    if (arg.type != ArgType::kArgv && arg.type != ArgType::kTable) change.args[std::string(arg.name)] = arg.example;
  }
  if (row.probe) change.args["prefix"] = "runbook:probe:";
  change.to = example_of(row.to_example);
  if (const auto to = row.normalise(change.args, change.to)) change.to = *to;
  if (!row.action) change.from = "<what it was>";
  const bool loses_data = row.describe(change);
  std::vector<std::string> calls;
  for (const auto& words : change.calls) calls.push_back(runbook::safety::command_text(words));
  runbook::safety::Target target;
  target.env = "staging";
  return Value::Map{{"calls", texts(calls)},
                    {"level", runbook::safety::level_of(change, target, loses_data)},
                    {"undo", change.undo ? Value(change.undo->row) : Value()},
                    {"irreversible", change.irreversible},
                    {"nothing_to_undo", change.nothing_to_undo},
                    {"comparing", change.comparing},
                    {"destroys", texts(change.destroys)},
                    {"state", row.state_call(change.args).row}};
}

}  // namespace

int main() {
  Value::List reads;
  for (const auto& row : runbook::primitive::read_rows()) {
    reads.push_back(Value::Map{{"name", row.name},
                               {"kind", row.kind},
                               {"args", args_value(row.args)},
                               {"doc", row.doc},
                               {"returns", row.returns},
                               {"by_hand", row.by_hand}});
  }
  Value::List changes;
  for (const auto& row : runbook::primitive::change_rows()) {
    changes.push_back(Value::Map{{"name", row.name},
                                 {"kind", row.kind},
                                 {"args", args_value(row.args)},
                                 {"doc", row.doc},
                                 {"to", row.to_doc},
                                 {"to_example", row.to_example},
                                 {"takes_secret", row.takes_secret},
                                 {"offered", row.offered},
                                 {"action", row.action},
                                 {"probe", row.probe},
                                 {"shows", row.offered ? described(row) : Value()}});
  }
  const auto text = runbook::to_json(Value::Map{{"reads", std::move(reads)}, {"changes", std::move(changes)}});
  std::printf("%s\n", text.c_str());
}

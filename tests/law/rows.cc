// Prints all rows as JSON: what the tables in docs/writing-playbooks.md are made of and held against.
#include <cstdio>
#include <span>

#include "base/json.h"
#include "primitive/read/read_rows.h"
#include "primitive/spec/change_rows.h"

namespace {

using runbook::Value;

Value args_value(std::span<const runbook::safety::ArgSpec> args) {
  Value::List list;
  for (const auto& arg : args) {
    list.push_back(Value::Map{{"name", arg.name}, {"required", arg.required}, {"doc", arg.doc}});
  }
  return list;
}

}  // namespace

int main() {
  Value::List reads;
  for (const auto& row : runbook::primitive::read_rows()) {
    reads.push_back(Value::Map{{"name", row.name},
                               {"args", args_value(row.args)},
                               {"doc", row.doc},
                               {"returns", row.returns},
                               {"by_hand", row.by_hand}});
  }
  Value::List changes;
  for (const auto& row : runbook::primitive::change_rows()) {
    if (!row.offered) continue;
    changes.push_back(
        Value::Map{{"name", row.name}, {"args", args_value(row.args)}, {"doc", row.doc}, {"to", row.to_doc}});
  }
  const auto text = runbook::to_json(Value::Map{{"reads", std::move(reads)}, {"changes", std::move(changes)}});
  std::printf("%s\n", text.c_str());
}

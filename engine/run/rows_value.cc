#include "run/rows_value.h"

namespace runbook::run {

namespace {

std::string_view type_text(safety::ArgType type) {
  switch (type) {
    case safety::ArgType::kText:
      return "text";
    case safety::ArgType::kNumber:
      return "number";
    case safety::ArgType::kBool:
      return "boolean";
    case safety::ArgType::kArgv:
      return "argv";
    case safety::ArgType::kBytes:
      return "bytes";
    case safety::ArgType::kTable:
      return "table";
    case safety::ArgType::kTarget:
      return "target";
  }
  return "text";
}

template <class Row>
Value row_value(const Row& row) {
  Value::List args;
  for (const auto& arg : row.args) {
    args.push_back(Value::Map{{"name", arg.name}, {"type", type_text(arg.type)}, {"required", arg.required}});
  }
  return Value::Map{{"name", row.name}, {"kind", row.kind}, {"doc", row.doc}, {"args", std::move(args)}};
}

}  // namespace

Value rows_value(std::span<const safety::ReadRow> rows) {
  Value::List out;
  for (const auto& row : rows) out.push_back(row_value(row));
  return out;
}

Value changes_value(std::span<const safety::ChangeRow> rows) {
  Value::List out;
  for (const auto& row : rows) {
    if (!row.offered) continue;
    auto value = row_value(row);
    value["takes_secret"] = row.takes_secret;
    out.push_back(std::move(value));
  }
  return out;
}

}  // namespace runbook::run

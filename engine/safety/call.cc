#include "safety/call.h"

#include "base/json.h"
#include "base/text.h"

namespace runbook::safety {

Value Call::to_value() const { return Value::Map{{"row", row}, {"target", target}, {"args", args}}; }

Call Call::from_value(const Value& value) {
  return {.row = std::string(value["row"].text_or("")),
          .target = std::string(value["target"].text_or("")),
          .args = value["args"]};
}

std::string Call::text() const {
  std::string out = row;
  for (const auto& [name, value] : args.members()) {
    out += ' ';
    out += escaped(value.as_text() != nullptr ? *value.as_text() : to_json(value), 60);
  }
  return out;
}

}  // namespace runbook::safety

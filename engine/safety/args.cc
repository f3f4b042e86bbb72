#include <algorithm>

#include "base/text.h"
#include "safety/dry_executor.h"

namespace runbook::safety {

namespace {

std::string_view wanted_text(ArgType type) {
  switch (type) {
    case ArgType::kText:
      return "a text";
    case ArgType::kNumber:
      return "a number";
    case ArgType::kBool:
      return "true or false";
    case ArgType::kArgv:
      return "a list of texts";
    case ArgType::kBytes:
      return "a size such as 5gb or a number of bytes";
    case ArgType::kTable:
      return "a table";
    case ArgType::kTarget:
      return "a target";
  }
  return "something else";
}

bool fits(ArgType type, const Value& value) {
  const auto is_text = [](const Value& item) { return item.as_text() != nullptr; };
  switch (type) {
    case ArgType::kText:
    case ArgType::kTarget:
      return is_text(value);
    case ArgType::kNumber:
      return value.as_number() != nullptr;
    case ArgType::kBool:
      return value.as_bool() != nullptr;
    case ArgType::kArgv:
      return !value.items().empty() && std::all_of(value.items().begin(), value.items().end(), is_text);
    case ArgType::kBytes:
      return value.as_number() != nullptr || (is_text(value) && parse_bytes(*value.as_text()).has_value());
    case ArgType::kTable:
      return value.as_map() != nullptr || value.as_list() != nullptr;
  }
  return false;
}

}  // namespace

Result<void> check_args(std::string_view row, std::span<const ArgSpec> specs, const Value& args) {
  const auto usage = [&](std::string message) {
    return Error{.code = Code::kUsage, .message = std::string(row) + " " + message};
  };
  std::vector<std::string> known;
  for (const auto& spec : specs) known.emplace_back(spec.name);
  for (const auto& [name, value] : args.members()) {
    const auto spec =
        std::find_if(specs.begin(), specs.end(), [&name = name](const ArgSpec& s) { return s.name == name; });
    if (spec == specs.end()) {
      const auto near = nearest(name, known);
      return usage("takes no argument " + escaped(name, 40) + (near.empty() ? "" : "; did you mean " + near + "?"));
    }
    if (!fits(spec->type, value)) {
      return usage("wants " + std::string(wanted_text(spec->type)) + " for " + name + ", got a " +
                   std::string(value.type_name()));
    }
  }
  for (const auto& spec : specs) {
    if (spec.required && args[spec.name].is_null()) {
      return usage("needs the argument " + std::string(spec.name) + ": " + std::string(spec.doc));
    }
  }
  return {};
}

}  // namespace runbook::safety

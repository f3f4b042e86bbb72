#include "safety/brief.h"

#include "base/json.h"

namespace runbook::safety {

namespace {

constexpr std::size_t kMembers = 4;

}  // namespace

std::string in_words(const Value& value) {
  if (const auto* text = value.as_text()) return *text;
  if (value.as_list() != nullptr) return std::to_string(value.items().size()) + " entries";
  if (value.as_map() != nullptr) return std::to_string(value.members().size()) + " members";
  return value.is_null() ? "nothing" : to_json(value);
}

std::string brief(const ReadRow* row, const Value& answer) {
  if (row != nullptr && row->brief != nullptr) {
    if (auto line = row->brief(answer); !line.empty()) return line;
  }
  if (answer.as_map() == nullptr) return in_words(answer);
  std::string out;
  std::size_t shown = 0;
  for (const auto& [name, member] : answer.members()) {
    if (++shown > kMembers) return out + " …";
    out += (out.empty() ? "" : " ") + name + "=" + in_words(member);
  }
  return out.empty() ? "none" : out;
}

}  // namespace runbook::safety

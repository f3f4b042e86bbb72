#include "base/value.h"

#include <stdexcept>

namespace runbook {

namespace {
const Value kNull;
const Value::List kNoItems;
const Value::Map kNoMembers;
}  // namespace

const Value& Value::operator[](std::string_view key) const {
  const auto& map = members();
  const auto found = map.find(key);
  return found == map.end() ? kNull : found->second;
}

Value& Value::operator[](std::string_view key) {
  if (is_null()) v_ = Map{};
  auto* map = as_map();
  if (map == nullptr) throw std::logic_error("Value: member of something that is no table");
  const auto found = map->find(key);
  return found != map->end() ? found->second : (*map)[std::string(key)];
}

std::string_view Value::text_or(std::string_view fallback) const {
  const auto* text = as_text();
  return text == nullptr ? fallback : std::string_view(*text);
}

double Value::number_or(double fallback) const {
  const auto* number = as_number();
  return number == nullptr ? fallback : *number;
}

bool Value::bool_or(bool fallback) const {
  const auto* flag = as_bool();
  return flag == nullptr ? fallback : *flag;
}

const Value::List& Value::items() const {
  const auto* list = as_list();
  return list == nullptr ? kNoItems : *list;
}

const Value::Map& Value::members() const {
  const auto* map = as_map();
  return map == nullptr ? kNoMembers : *map;
}

std::string_view Value::type_name() const {
  static constexpr std::string_view kNames[] = {"nil", "boolean", "number", "text", "list", "table"};
  return kNames[v_.index()];
}

}  // namespace runbook

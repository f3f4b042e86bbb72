#include "base/redaction/redactor.h"

#include <algorithm>
#include <iterator>
#include <random>

#include "base/hash.h"
#include "base/redaction/key_names.h"
#include "base/redaction/structure.h"

namespace runbook {

namespace {

constexpr std::string_view kHidden = "$hidden";
constexpr std::string_view kNames[] = {"name", "Name", "key", "Key"};
constexpr std::string_view kValues[] = {"value", "Value", "setting"};

std::string new_salt() {
  std::random_device random;
  std::string salt;
  for (int i = 0; i < 8; ++i) salt += std::to_string(random()) + ".";
  return salt;
}

// Key, value, key, value …, as Redis lists settings and the fields of a hash.
bool are_pairs(const Value::List& list) {
  if (list.empty() || list.size() % 2 != 0) return false;
  for (const auto& item : list) {
    if (item.as_text() == nullptr) return false;
  }
  return true;
}

// {name = "DB_PASSWORD", value = "…"}: the name that is a secret's.
bool names_its_value(const Value::Map& map) {
  for (const auto key : kNames) {
    const auto found = map.find(key);
    if (found != map.end() && names_secret(found->second.text_or(""))) return true;
  }
  return false;
}

}  // namespace

Value hidden_whole(std::string_view text) { return Value::Map{{std::string(kHidden), text}}; }

Redactor::Redactor(const SecretNet& net) : net_(net), salt_(new_salt()) {}

std::string Redactor::mark(std::string_view value) {
  const auto number = met_.emplace(sha256(salt_ + std::string(value)), met_.size() + 1).first->second;
  return "‹redacted:" + std::to_string(number) + "›";
}

// A text that is a secret as a whole.
std::string Redactor::hidden(std::string_view text) {
  auto shown = net_.hide(text);
  return may_be_secret(shown) ? mark(shown) : shown;
}

std::string Redactor::clean_text(std::string_view raw, bool& within_key) {
  auto text = net_.hide(raw);
  const auto spans = hidden_spans(text, within_key);
  if (spans.empty()) return text;
  std::string out;
  std::size_t at = 0;
  for (const auto& span : spans) {
    out += text.substr(at, span.begin - at);
    out += mark(std::string_view(text).substr(span.begin, span.end - span.begin));
    at = span.end;
  }
  return out += text.substr(at);
}

Value Redactor::clean_named(std::string_view name, const Value& value, bool& within_key) {
  if (!names_secret(name)) return clean_value(value, within_key);
  if (const auto* text = value.as_text()) return hidden(*text);
  if (value.as_list() == nullptr) return clean_value(value, within_key);
  Value::List out;
  for (const auto& item : value.items()) out.push_back(clean_named(name, item, within_key));
  return out;
}

Value Redactor::clean_list(const Value::List& list) {
  const bool pairs = are_pairs(list);
  bool within_key = false;
  Value::List out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto before = i > 0 ? list[i - 1].text_or("") : std::string_view();
    // argv: --password, hunter2
    const auto option = before.starts_with('-') && !before.starts_with("---") && !list[i].text_or("").starts_with('-');
    const auto name = option || (pairs && i % 2 == 1) ? before : std::string_view();
    out.push_back(clean_named(name, list[i], within_key));
  }
  return out;
}

Value Redactor::clean_map(const Value::Map& map) {
  if (const auto whole = map.find(kHidden); whole != map.end() && map.size() == 1) {
    const auto text = whole->second.text_or("");
    auto shown = net_.hide(text);
    const bool declared = shown.starts_with("‹secret:") && shown.find("›") + 3 == shown.size();
    return text.empty() ? Value(text) : declared ? Value(std::move(shown)) : Value(mark(shown));
  }
  const bool named = names_its_value(map);
  Value::Map out;
  for (const auto& [key, member] : map) {
    bool within_key = false;
    const bool its_value = named && std::find(std::begin(kValues), std::end(kValues), key) != std::end(kValues);
    out.emplace(clean_text(key, within_key), clean_named(its_value ? "secret" : key, member, within_key));
  }
  return out;
}

Value Redactor::clean_value(const Value& value, bool& within_key) {
  if (const auto* text = value.as_text()) return clean_text(*text, within_key);
  if (const auto* list = value.as_list()) return clean_list(*list);
  if (const auto* map = value.as_map()) return clean_map(*map);
  return net_.hide_in(value);
}

Value Redactor::clean(const Value& answer, const Value& args) {
  bool within_key = false;
  return clean_named(answer.as_text() == nullptr ? std::string_view() : args["key"].text_or(""), answer, within_key);
}

Error Redactor::clean(Error error) {
  bool within_key = false;
  error.message = clean_text(error.message, within_key);
  error.where = net_.hide(error.where);
  error.next = net_.hide(error.next);
  return error;
}

}  // namespace runbook

#include "base/redaction/secret_net.h"

#include "base/json.h"
#include "base/redaction/secret_forms.h"

namespace runbook {

namespace {

std::vector<SecretFinder::Form> all_forms(const std::vector<Secret>& secrets) {
  std::vector<SecretFinder::Form> forms;
  for (std::size_t i = 0; i < secrets.size(); ++i) {
    for (auto& form : forms_of(secrets[i].value)) forms.push_back({.bytes = std::move(form), .secret = i});
  }
  return forms;
}

}  // namespace

SecretNet::SecretNet(const std::vector<Secret>& secrets) : forms_(all_forms(secrets)), finder_(forms_) {
  for (const auto& secret : secrets) names_.push_back(secret.name);
}

void SecretNet::learn(Secret secret) {
  for (auto& form : forms_of(secret.value)) forms_.push_back({.bytes = std::move(form), .secret = names_.size()});
  names_.push_back(std::move(secret.name));
  finder_ = SecretFinder(forms_);
}

std::optional<SecretFinder::Found> SecretNet::next(std::string_view text, std::size_t from) const {
  auto found = finder_.find(text, from);
  const auto cut_at = [&](std::size_t end) {
    const auto cut = finder_.cut_off(text.substr(0, end), from);
    if (cut) found = {.begin = cut->at, .end = end, .secret = cut->secret};
    return cut.has_value();
  };
  for (const std::string_view ellipsis : {"…", "..."}) {
    const auto before = text.substr(0, found ? found->begin : text.size());
    auto at = before.find(ellipsis, from);
    while (at != std::string_view::npos && !cut_at(at)) at = before.find(ellipsis, at + 1);
  }
  if (!found) cut_at(text.size());
  return found;
}

std::string SecretNet::hide(std::string_view text) const {
  if (names_.empty()) return std::string(text);
  std::string shown;
  std::size_t at = 0;
  for (auto found = next(text, at); found; found = next(text, at)) {
    shown += text.substr(at, found->begin - at);
    shown += mark(found->secret);
    at = found->end;
  }
  return shown += text.substr(at);
}

Value SecretNet::hide_in(const Value& value) const {
  if (const auto* text = value.as_text()) return hide(*text);
  if (const auto* list = value.as_list()) {
    Value::List out;
    for (const auto& item : *list) out.push_back(hide_in(item));
    return out;
  }
  if (const auto* map = value.as_map()) {
    Value::Map out;
    for (const auto& [key, member] : *map) out.emplace(hide(key), hide_in(member));
    return out;
  }
  if (value.as_number() != nullptr && found_in(value)) return hide(to_json(value));
  return value;
}

std::optional<std::string> SecretNet::found_in(const Value& value) const {
  if (value.as_text() != nullptr || value.as_number() != nullptr) {
    const auto found = next(value.as_text() != nullptr ? *value.as_text() : to_json(value), 0);
    return found ? std::optional(names_[found->secret]) : std::nullopt;
  }
  for (const auto& item : value.items()) {
    if (auto found = found_in(item)) return found;
  }
  for (const auto& [key, member] : value.members()) {
    if (auto found = found_in(Value(key))) return found;
    if (auto found = found_in(member)) return found;
  }
  return std::nullopt;
}

std::string SecretNet::Stream::feed(std::string_view piece) {
  held_ += piece;
  const auto begun = net_.finder_.begun(held_, 0);
  auto end = begun ? begun->at : held_.size();
  std::string shown;
  std::size_t at = 0;
  for (auto found = net_.finder_.find(held_, 0); found && found->begin < end; found = net_.finder_.find(held_, at)) {
    // What comes may make this run longer.
    if (found->end > end) {
      end = found->begin;
      break;
    }
    shown += std::string_view(held_).substr(at, found->begin - at);
    shown += net_.mark(found->secret);
    at = found->end;
  }
  shown += std::string_view(held_).substr(at, end - at);
  held_.erase(0, end);
  return shown;
}

std::string SecretNet::Stream::finish() {
  std::string shown;
  std::size_t at = 0;
  auto found = net_.finder_.find(held_, 0);
  for (; found; found = net_.finder_.find(held_, at)) {
    shown += std::string_view(held_).substr(at, found->begin - at);
    shown += net_.mark(found->secret);
    at = found->end;
  }
  if (const auto cut = net_.finder_.cut_off(held_, at)) {
    shown += std::string_view(held_).substr(at, cut->at - at);
    shown += net_.mark(cut->secret);
    at = held_.size();
  }
  shown += std::string_view(held_).substr(at);
  held_.clear();
  return shown;
}

}  // namespace runbook

#include "run/secret_values.h"

#include <cstdlib>
#include <fstream>

#include "base/redaction/secret_forms.h"
#include "base/text.h"

namespace runbook::run {

namespace {

constexpr std::size_t kLongestSecret = 64U << 10U;

Error unread(const std::string& message, const std::string& where) {
  return {.code = Code::kConfig, .message = message, .where = where};
}

Result<std::string> read_value(const std::string& label, const SecretReference& reference) {
  const auto from = reference.text.substr(reference.text.find(':') + 1);
  if (reference.text.starts_with("env:")) {
    const char* set = std::getenv(from.c_str());
    if (set == nullptr || *set == '\0') {
      const auto* how = set == nullptr ? " is not set" : " is empty";
      return unread(label + " is not there: the variable " + from + how, {});
    }
    return std::string(set);
  }
  std::ifstream in(from, std::ios::binary);
  if (!in) return unread(label + " cannot be read from " + from, from);
  std::string text(kLongestSecret, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.empty()) return unread(label + " is not there: " + from + " is empty", from);
  return text;
}

Result<void> check_hideable(const std::string& label, const Secret& secret, const std::string& where) {
  if (secret.value.size() < kShortestSecret) {
    return Error{.code = Code::kConfig,
                 .message = label + " is shorter than " + std::to_string(kShortestSecret) + " bytes",
                 .where = where,
                 .next =
                     "what is that short cannot be told from other text and kept out of logs: give it a longer "
                     "value, or take it out of [secrets]"};
  }
  if (secret_mark(secret.name).find(secret.value) != std::string::npos) {
    return Error{.code = Code::kConfig,
                 .message = label + " has a value that is part of its own name",
                 .where = where,
                 .next = "its name is shown in its place: give it another name"};
  }
  return {};
}

}  // namespace

Result<SecretValues> SecretValues::read(const Inventory& inventory) {
  SecretValues values;
  std::vector<Secret> known;
  for (const auto& [name, reference] : inventory.secrets()) {
    const auto label = "the secret " + escaped(name, 40);
    auto value = read_value(label, reference);
    if (value) {
      known.push_back({.name = escaped(name, 40), .value = *value});
      RUNBOOK_CHECK(check_hideable(label, known.back(), reference.where));
    }
    values.values_.emplace(name, std::move(value));
  }
  values.net_ = SecretNet(known);
  return values;
}

Result<std::string> SecretValues::value(std::string_view name) const {
  const auto found = values_.find(name);
  if (found != values_.end()) return found->second;
  return Error{.code = Code::kConfig, .message = "the secret " + escaped(name, 40) + " is not declared"};
}

}  // namespace runbook::run

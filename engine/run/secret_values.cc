#include "run/secret_values.h"

#include <cstdlib>
#include <fstream>
#include <utility>

#include "base/redaction/secret_forms.h"
#include "base/text.h"

namespace runbook::run {

namespace {

constexpr std::size_t kLongestSecret = 64U << 10U;

std::string label_of(std::string_view name) { return "the secret " + escaped(name, 40); }

Error unread(const std::string& message, const std::string& where, std::string next = {}) {
  return {.code = Code::kConfig, .message = message, .where = where, .next = std::move(next)};
}

Result<std::string> read_file(const std::string& label, const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return unread(label + " cannot be read from " + file, file);
  std::string text(kLongestSecret + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kLongestSecret) return unread(label + " is longer than 64 KiB: " + file, file);
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.empty()) return unread(label + " is not there: " + file + " is empty", file);
  return text;
}

Result<std::string> read_variable(const std::string& label, const std::string& variable) {
  const char* set = std::getenv(variable.c_str());
  if (set != nullptr && *set != '\0') return std::string(set);
  const auto* how = set == nullptr ? " is not set" : " is empty";
  return unread(label + " is not there: the variable " + variable + how, {});
}

Result<std::string> read_at_start(const std::string& label, const SecretReference& reference) {
  const std::string rest(reference.rest());
  if (reference.source() == "env") return read_variable(label, rest);
  if (reference.source() == "file") return read_file(label, rest);
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (folder != nullptr && *folder != '\0') return read_file(label, std::string(folder) + "/" + rest);
  return unread(label + " is a credential of systemd, and $CREDENTIALS_DIRECTORY is not set", {},
                "run it in a unit with LoadCredential=" + rest + ":PATH, or by systemd-run with that property");
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

void collect(const Value& value, std::set<std::string>& out) {
  const auto name = value["secret"].text_or("");
  if (!name.empty() && value.members().size() == 1) out.emplace(name);
  for (const auto& item : value.items()) collect(item, out);
  for (const auto& [key, member] : value.members()) collect(member, out);
}

}  // namespace

std::set<std::string> secrets_named_in(const Value& value) {
  std::set<std::string> out;
  collect(value, out);
  return out;
}

Result<SecretValues> SecretValues::read(const Inventory& inventory) {
  SecretValues values;
  values.references_ = inventory.secrets();
  values.settings_ = inventory.secret_settings();
  std::vector<Secret> known;
  for (const auto& [name, reference] : values.references_) {
    if (!reference.at_start()) continue;
    auto value = read_at_start(label_of(name), reference);
    if (value) {
      known.push_back({.name = escaped(name, 40), .value = *value});
      RUNBOOK_CHECK(check_hideable(label_of(name), known.back(), reference.where));
    }
    values.values_.emplace(name, std::move(value));
  }
  values.net_ = SecretNet(known);
  return values;
}

std::set<std::string> SecretValues::late_and_unattended(const std::set<std::string>& names) const {
  std::set<std::string> out;
  for (const auto& name : names) {
    const auto found = references_.find(name);
    if (found != references_.end() && !found->second.at_start() && found->second.source() != "prompt") out.insert(name);
  }
  return out;
}

Task<Result<void>> SecretValues::resolve(std::set<std::string> names, const Fetch& fetch) {
  const auto in_vault = [this](const std::string& name) {
    const auto found = references_.find(name);
    return found != references_.end() && found->second.source() == "vault" && !values_.contains(name);
  };
  std::set<std::string> last;
  for (const auto& name : names) {
    if (in_vault(name)) last.insert(name);
  }
  for (const auto& name : last) names.erase(name);
  if (!last.empty()) {
    for (const auto* key : {&settings_.vault_token, &settings_.vault_role_id, &settings_.vault_secret_id}) {
      if (!key->empty()) names.insert(*key);
    }
  }
  for (const auto* some : {&std::as_const(names), &std::as_const(last)}) {
    for (const auto& name : *some) RUNBOOK_CO_CHECK(co_await resolve_one(name, fetch));
  }
  co_return Result<void>();
}

Task<Result<void>> SecretValues::resolve_one(const std::string& name, const Fetch& fetch) {
  const auto declared = references_.find(name);
  if (declared == references_.end() || values_.contains(name)) co_return Result<void>();
  const auto& reference = declared->second;
  auto value = co_await fetch(name, reference);
  if (!value) {
    auto error = std::move(value).error();
    error.message = label_of(name) + " " + error.message;
    if (error.where.empty()) error.where = reference.where;
    if (error.code == Code::kUnasked || error.code == Code::kDeclined) co_return error;
    error.code = Code::kConfig;
    values_.emplace(name, std::move(error));
    co_return Result<void>();
  }
  Secret secret{.name = escaped(name, 40), .value = *value};
  RUNBOOK_CO_CHECK(check_hideable(label_of(name), secret, reference.where));
  net_.learn(std::move(secret));
  values_.emplace(name, std::move(*value));
  co_return Result<void>();
}

Result<std::string> SecretValues::value(std::string_view name) const {
  const auto found = values_.find(name);
  if (found != values_.end()) return found->second;
  if (references_.contains(name))
    return Error{.code = Code::kConfig,
                 .message = label_of(name) + " was not read: nothing here was known to need it",
                 .where = references_.find(name)->second.where};
  return Error{.code = Code::kConfig, .message = label_of(name) + " is not declared"};
}

}  // namespace runbook::run

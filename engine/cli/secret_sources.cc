#include "cli/secret_sources.h"

#include <filesystem>
#include <utility>

#include "base/shell.h"
#include "base/text.h"
#include "run/world.h"
#include "secret/child_source.h"

namespace runbook::cli {

namespace {

constexpr auto kWithPinentry = std::chrono::seconds(60);  // somebody may have to type a passphrase

// Whoever can read it can read what was encrypted for it.
Result<void> check_identity(const std::string& file) {
  using std::filesystem::perms;
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (error || !std::filesystem::is_regular_file(status))
    return Error{.code = Code::kConfig, .message = "cannot be decrypted: there is no identity " + escaped(file, 200)};
  if ((status.permissions() & (perms::group_all | perms::others_all)) == perms::none) return {};
  return Error{
      .code = Code::kConfig,
      .message = "cannot be decrypted: the identity " + escaped(file, 200) + " may be read or written by others",
      .next = "chmod 600 " + shell_word(file)};
}

}  // namespace

SecretSources::SecretSources(boost::asio::io_context& loop, const Options& options, const run::Inventory& inventory,
                             run::SecretValues& values, run::Progress& progress)
    : loop_(loop), options_(options), inventory_(inventory), values_(values), progress_(progress) {}

void SecretSources::interrupt() {
  if (console_) console_->interrupt();
}

Task<Result<std::string>> SecretSources::fetch(std::string name, run::SecretReference reference) {
  const auto source = reference.source();
  if (source == "prompt") co_return co_await from_person(name, std::string(reference.rest()));
  progress_.show("reading the secret " + escaped(name, 40) + " by " + std::string(source));
  Result<std::string> value = std::string();
  if (source == "vault") {
    value = co_await from_vault(reference.rest());
  } else {
    value = co_await from_child(reference);
  }
  progress_.show("");
  co_return value;
}

Task<Result<std::string>> SecretSources::from_child(const run::SecretReference& reference) {
  const std::string rest(reference.rest());
  secret::ChildSource child;
  if (reference.source() == "cmd") {
    child.argv = shell_words(rest, Comments::kNone).value_or(std::vector<std::string>());
  } else if (reference.source() == "age") {
    const auto& identity = inventory_.secret_settings().age_identity;
    RUNBOOK_CO_CHECK(check_identity(identity));
    child.argv = {"age", "--decrypt", "--identity", identity, rest};
  } else {
    child.argv = {"pass", "show", rest};
    child.first_line = true;
    child.within = kWithPinentry;
  }
  for (const auto& [name, other] : inventory_.secrets()) {
    if (other.source() == "env") child.kept_from_it.emplace(other.rest());
  }
  auto value = co_await secret::read_from_child(loop_.get_executor(), std::move(child));
  if (value) co_return value;
  auto error = std::move(value).error();
  error.message = "cannot be read: " + error.message;
  co_return error;
}

Result<std::string> SecretSources::part_of_key(const std::string& name) const {
  if (name.empty()) return std::string();
  auto value = values_.value(name);
  if (value) return value;
  auto error = std::move(value).error();
  error.message = "cannot be read, for what opens Vault is not there: " + error.message;
  return error;
}

Task<Result<std::string>> SecretSources::from_vault(std::string_view rest) {
  const auto& settings = inventory_.secret_settings();
  RUNBOOK_CO_TRY(path, run::parse_vault_path(rest));
  secret::VaultKey key;
  RUNBOOK_CO_TRY(token, part_of_key(settings.vault_token));
  RUNBOOK_CO_TRY(role, part_of_key(settings.vault_role_id));
  RUNBOOK_CO_TRY(secret_id, part_of_key(settings.vault_secret_id));
  key.token = token;
  key.role_id = role;
  key.secret_id = secret_id;
  if (!vault_) {
    secret::VaultPlace place{.address = settings.vault_address,
                             .ca_file = settings.vault_ca_file,
                             .name_space = settings.vault_namespace,
                             .approle = settings.vault_approle};
    auto learn = [this](std::string given) {
      values_.learn({.name = "the token of Vault", .value = std::move(given)});
    };
    RUNBOOK_CO_TRY(vault, secret::Vault::at(loop_.get_executor(), std::move(place), std::move(learn)));
    vault_ = std::move(vault);
  }
  co_return co_await vault_->read(key, path.mount, path.path, path.field);
}

Task<Result<std::string>> SecretSources::from_person(std::string name, std::string question) {
  if (!console_ && !options_.no_input) console_ = Console::open(loop_.get_executor(), options_.color, values_.net());
  if (!console_) {
    co_return Error{.code = Code::kUnasked,
                    .message = "is asked for at the terminal, and nobody can be asked",
                    .next = "run it at a terminal, or take it from another source, such as env: or file:"};
  }
  const auto asked = trim(question).empty() ? "The secret " + name : std::string(trim(question));
  auto value = co_await console_->ask_hidden(escaped(asked, 200) + " (not shown): ");
  if (!value) {
    auto error = std::move(value).error();
    error.message = "was not given: " + error.message;
    co_return error;
  }
  if (value->empty()) co_return Error{.code = Code::kDeclined, .message = "was not given: nothing was typed"};
  co_return value;
}

}  // namespace runbook::cli

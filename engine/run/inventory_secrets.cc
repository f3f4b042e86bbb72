#include "run/inventory_secrets.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/shell.h"
#include "base/text.h"
#include "base/url.h"

namespace runbook::run {

namespace {

constexpr auto kSources =
    std::to_array<std::string_view>({"env", "file", "cred", "cmd", "vault", "age", "pass", "prompt"});

Error wrong(const Document& document, const std::string& path, std::string message, std::string next = {}) {
  return {.code = Code::kConfig, .message = std::move(message), .where = document.where(path), .next = std::move(next)};
}

bool is_loopback(std::string_view host) { return host == "127.0.0.1" || host == "localhost" || host == "::1"; }

// What is wrong with the rest of a reference; nothing when it is sound.
Error fault_of(const SecretReference& reference) {
  const auto source = reference.source();
  const auto rest = reference.rest();
  if (rest.empty() && source != "prompt") return {.message = "names nothing behind " + std::string(source) + ":"};
  if (rest.starts_with('-') && (source == "age" || source == "pass"))
    return {.message = "begins with a dash, which the program would take for an option"};
  if (source == "cred" && (rest.find('/') != std::string_view::npos || rest.starts_with('.')))
    return {.message = "wants the name of a credential, without slashes"};
  if (source == "cmd") {
    const auto words = shell_words(rest, Comments::kNone);
    if (!words) return {.message = "has a quote that is not closed"};
    if (words->empty() || words->front().empty()) return {.message = "names no program behind cmd:"};
  }
  if (source == "vault") {
    if (const auto path = parse_vault_path(rest); !path) return path.error();
  }
  return {};
}

Result<SecretReference> read_reference(const Document& document, const std::string& name, const Value& value) {
  const auto path = "secrets." + name;
  const auto label = "the secret " + escaped(name, 40);
  SecretReference reference{.text = std::string(value.text_or("")), .where = document.where(path)};
  const auto source = reference.source();
  if (std::find(kSources.begin(), kSources.end(), source) == kSources.end()) {
    return wrong(document, path,
                 label +
                     " wants env:VARIABLE, file:PATH, cred:NAME, cmd:PROGRAM …, vault:MOUNT/PATH#FIELD, age:FILE, "
                     "pass:NAME or prompt:",
                 "a reference, never a value");
  }
  if (auto fault = fault_of(reference); !fault.message.empty())
    return wrong(document, path, label + " " + fault.message, fault.next);
  return reference;
}

Result<std::string> secret_named(const Document& document, const std::string& path, const Value& value,
                                 const DeclaredSecrets& declared) {
  const auto name = value["secret"].text_or("");
  if (name.empty() || value.members().size() != 1) {
    return wrong(document, path, path + " wants a reference, never a value: { secret = \"NAME\" }",
                 "declare NAME under [secrets]");
  }
  const auto found = declared.references.find(name);
  if (found == declared.references.end())
    return wrong(document, path, "the secret " + escaped(name, 40) + " is not declared", "add it under [secrets]");
  if (found->second.source() == "vault")
    return wrong(document, path, "what opens Vault cannot come out of Vault: " + escaped(name, 40),
                 "take it from env:, file:, cred: or another source");
  return std::string(name);
}

Result<void> check_vault(const Document& document, const SecretSettings& settings) {
  const bool token = !settings.vault_token.empty();
  const bool role = !settings.vault_role_id.empty() && !settings.vault_secret_id.empty();
  const bool half = settings.vault_role_id.empty() != settings.vault_secret_id.empty();
  const auto url = parse_http_url(settings.vault_address);
  if (!url) return wrong(document, "vault.address", url.error().message, "address = \"https://vault.lxd:8200\"");
  if (url->origin.starts_with("http:") && !is_loopback(url->host))
    return wrong(document, "vault.address", "Vault is asked over https: the token would be there for all to read",
                 "http:// is for loopback alone");
  if (half) return wrong(document, "vault", "AppRole wants both, role_id and secret_id");
  if (token == role) return wrong(document, "vault", "[vault] wants a token, or role_id and secret_id, and not both");
  return {};
}

Result<void> read_vault(const Document& document, DeclaredSecrets& out) {
  const auto& table = std::as_const(document.root)["vault"];
  auto& settings = out.settings;
  const std::map<std::string, std::string*> texts = {{"address", &settings.vault_address},
                                                     {"approle", &settings.vault_approle},
                                                     {"ca_file", &settings.vault_ca_file},
                                                     {"namespace", &settings.vault_namespace}};
  const std::map<std::string, std::string*> secrets = {
      {"role_id", &settings.vault_role_id}, {"secret_id", &settings.vault_secret_id}, {"token", &settings.vault_token}};
  for (const auto& [key, value] : table.members()) {
    const auto path = "vault." + key;
    if (const auto text = texts.find(key); text != texts.end()) {
      if (value.text_or("").empty()) return wrong(document, path, key + " wants a text");
      *text->second = value.text_or("");
    } else if (const auto secret = secrets.find(key); secret != secrets.end()) {
      RUNBOOK_TRY(name, secret_named(document, path, value, out));
      *secret->second = name;
    } else {
      return wrong(document, path, "unknown key " + escaped(key, 40),
                   "known: address, approle, ca_file, namespace, role_id, secret_id, token");
    }
  }
  return table.is_null() ? Result<void>() : check_vault(document, settings);
}

Result<void> read_age(const Document& document, DeclaredSecrets& out) {
  for (const auto& [key, value] : std::as_const(document.root)["age"].members()) {
    if (key != "identity") return wrong(document, "age." + key, "unknown key " + escaped(key, 40), "known: identity");
    out.settings.age_identity = value.text_or("");
  }
  if (!std::as_const(document.root)["age"].is_null() && out.settings.age_identity.empty())
    return wrong(document, "age", "[age] wants identity, the file with the key");
  return {};
}

std::string program_in_shell(const std::vector<std::string>& words) {
  std::string line;
  for (const auto& word : words) line += (line.empty() ? "" : " ") + shell_word(word);
  return "$(" + line + ")";
}

}  // namespace

std::string_view SecretReference::source() const {
  const auto colon = text.find(':');
  return colon == std::string::npos ? std::string_view() : std::string_view(text).substr(0, colon);
}

std::string_view SecretReference::rest() const { return std::string_view(text).substr(text.find(':') + 1); }

bool SecretReference::at_start() const { return source() == "env" || source() == "file" || source() == "cred"; }

Result<VaultPath> parse_vault_path(std::string_view text) {
  const auto bad = [](std::string message) {
    return Error{.code = Code::kConfig, .message = std::move(message), .next = "vault:MOUNT/PATH#FIELD"};
  };
  const auto hash = text.rfind('#');
  if (hash == std::string_view::npos || hash + 1 == text.size()) return bad("names no field of the secret in Vault");
  VaultPath out{.field = std::string(text.substr(hash + 1))};
  const auto place = text.substr(0, hash);
  const auto apart = place.find("//");
  const auto slash = apart == std::string_view::npos ? place.find('/') : apart;
  if (slash == std::string_view::npos) return bad("names no path below the mount");
  out.mount = place.substr(0, slash);
  out.path = place.substr(slash + (apart == std::string_view::npos ? 1 : 2));
  if (out.mount.empty() || out.path.empty() || !check_url_path("/" + out.mount + "/data/" + out.path) ||
      place.find('?') != std::string_view::npos)
    return bad("has a path that none in Vault can have");
  if (out.path.starts_with("data/"))
    return {Error{.code = Code::kConfig,
                  .message = "has data/ in its path, which is added to what is asked of KV version 2",
                  .next = "vault:" + out.mount + "/" + out.path.substr(5) + "#" + out.field}};
  return out;
}

Result<DeclaredSecrets> read_declared_secrets(const Document& document) {
  DeclaredSecrets out;
  for (const auto& [name, value] : std::as_const(document.root)["secrets"].members()) {
    RUNBOOK_TRY(reference, read_reference(document, name, value));
    out.references.emplace(name, reference);
  }
  RUNBOOK_CHECK(read_vault(document, out));
  RUNBOOK_CHECK(read_age(document, out));
  for (const auto& [name, reference] : out.references) {
    if (reference.source() == "vault" && out.settings.vault_address.empty())
      return wrong(document, "secrets." + name,
                   "the secret " + escaped(name, 40) + " is in Vault, and no [vault] says where",
                   "[vault] with address, and token = { secret = \"NAME\" }");
    if (reference.source() == "age" && out.settings.age_identity.empty())
      return wrong(document, "secrets." + name,
                   "the secret " + escaped(name, 40) + " is encrypted, and no [age] says with what",
                   "[age] with identity = \"FILE\"");
  }
  return out;
}

std::string secret_in_shell(const std::string& name, const SecretReference& reference, const SecretSettings& settings) {
  const auto source = reference.source();
  const std::string rest(reference.rest());
  if (source == "env") return "${" + rest + "}";
  if (source == "file") return program_in_shell({"cat", rest});
  if (source == "cred") return "$(cat \"$CREDENTIALS_DIRECTORY\"/" + shell_word(rest) + ")";
  if (source == "cmd") return program_in_shell(shell_words(rest, Comments::kNone).value_or(std::vector<std::string>()));
  if (source == "age") return program_in_shell({"age", "--decrypt", "--identity", settings.age_identity, rest});
  if (source == "pass") return "$(pass show " + shell_word(rest) + " | head -n 1)";
  if (source == "prompt") return "${" + name + "}";
  const auto path = parse_vault_path(rest);
  return path ? program_in_shell({"vault", "kv", "get", "-mount=" + path->mount, "-field=" + path->field, path->path})
              : std::string();
}

}  // namespace runbook::run

// The inventory: what a playbook may touch, by name. It issues the target ids of a run.
//
//   [targets.cache-1]
//   kind = "redis"
//   url  = "redis://127.0.0.1:6390"
//   env  = "prod"
//   password = { secret = "REDIS_PASSWORD" }
//
//   [targets.api]
//   kind = "http"
//   url = "https://api.lxd:8443/base"         # nothing outside of it is asked
//   token = { secret = "API_TOKEN" }
//   health = "/health/deep"
//
//   [secrets]
//   REDIS_PASSWORD = "env:REDIS_PASSWORD"      # or file:/run/secrets/redis and others: run/inventory_secrets.h
//
//   [[import]]                                 # hosts that another program's file names: run/inventory_import.h
//   kind = "ansible"
//   file = "hosts.ini"
//
// A key that means nothing is an error: a misspelled `look_only` must not pass as a comment.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "run/inventory_import.h"
#include "run/inventory_secrets.h"
#include "run/toml.h"
#include "safety/target.h"

namespace runbook::run {

/// The secrets that have to do with some targets, by name.
struct NeededSecrets {
  std::set<std::string> own{};  // what opens them
  std::set<std::string>
      near{};  // of what they use, what uses them, and what runs in the same place: they may tell those
  std::set<std::string> must{};  // what a change sends: without it the plan is not begun
};

class Inventory {
 public:
  /// kConfig with file and line for anything that does not fit. `imports` is what its [[import]] were read to; no file
  /// is read here.
  static Result<Inventory> from_document(const Document& document, Imports imports = {});
  static Result<Inventory> read(const std::filesystem::path& file);

  /// The target of that name; kNotFound with the nearest known name, or why the host was left out.
  [[nodiscard]] Result<const safety::Target*> find(std::string_view name) const;
  /// All targets of a kind, sorted by name.
  [[nodiscard]] std::vector<const safety::Target*> of_kind(std::string_view kind) const;
  /// All targets that declare to use the named one.
  [[nodiscard]] std::vector<const safety::Target*> users_of(std::string_view name) const;
  /// The container target that the named one runs in; none or one.
  [[nodiscard]] std::vector<const safety::Target*> container_of(std::string_view name) const;
  /// The host that the named one runs on; none or one.
  [[nodiscard]] std::vector<const safety::Target*> host_of(std::string_view name) const;
  [[nodiscard]] const std::map<std::string, safety::Target, std::less<>>& targets() const { return targets_; }

  /// What imported files name and is no target, each with the reason.
  [[nodiscard]] const std::vector<LeftOut>& left_out() const { return left_out_; }

  /// Where the values of declared secrets come from, by name (secret_values.h reads them).
  [[nodiscard]] const std::map<std::string, SecretReference, std::less<>>& secrets() const {
    return secrets_.references;
  }
  [[nodiscard]] const SecretSettings& secret_settings() const { return secrets_.settings; }
  /// Those that have to do with these targets.
  [[nodiscard]] NeededSecrets secrets_of(const std::map<std::string, safety::Target, std::less<>>& targets) const;
  /// The shell expression that gives it: "${REDIS_PASSWORD}" or "$(cat /run/secrets/redis)". Empty when undeclared.
  [[nodiscard]] std::string secret_in_shell(std::string_view name) const;

 private:
  Result<void> take_in(const Document& document, Imports imports);
  void settle_homes();
  [[nodiscard]] std::vector<const safety::Target*> home_of(std::string_view name,
                                                           std::string safety::Target::*member) const;

  std::map<std::string, safety::Target, std::less<>> targets_;
  DeclaredSecrets secrets_;
  std::vector<LeftOut> left_out_;
};

/// A target as it stands in the inventory: members that are empty are left out, a secret is named and not told.
Value inventory_entry(const safety::Target& target);

/// A target of that kind given as a URL on the command line: it can be looked at only. kUsage for a URL that no target
/// of the kind has.
Result<safety::Target> target_from_url(std::string_view url, std::string_view kind);

}  // namespace runbook::run

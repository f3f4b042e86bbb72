// The values of declared secrets, each read once and never again: what is sent to a server is therefore what is kept
// out of sight, also when a file changes while a run goes on.
//
// What costs nothing (env:, file:, cred:) is read when the program starts. The others run a program, ask a server or a
// person, so they are read when something needs them, and only then: `list`, `check` and `runs` start no program. A run
// needs what opens its targets, and should know what those may tell: the secrets of what they use, of what uses them,
// and of what runs in the same place. It reads both before its first record and its first look, so no deadline of a
// look runs while a person types. Nobody is asked for what is only near, and what is near and cannot be read is no
// error, but a warning: it is not kept out of sight then.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/redaction/secret_net.h"
#include "base/task.h"
#include "run/inventory.h"

namespace runbook::run {

class SecretValues {
 public:
  /// The value of one that is not read at the start. Its errors say what is wrong, without the name of the secret.
  using Fetch = std::function<Task<Result<std::string>>(const std::string& name, const SecretReference& reference)>;

  /// Reads what costs nothing. One that cannot be read or is empty is an error only for who asks for it.
  /// kConfig, with file and line, for one that cannot be kept out of sight: too short, or part of what stands in its
  /// place.
  static Result<SecretValues> read(const Inventory& inventory);

  /// Reads these, and before them what it takes to read them, unless they are known or were tried. One that cannot be
  /// read is an error for who asks for it; kConfig as above, kUnasked and kDeclined where a person should have been
  /// asked.
  Task<Result<void>> resolve(std::set<std::string> names, const Fetch& fetch);
  /// Those of them that are not read at the start, and that nobody is asked for.
  [[nodiscard]] std::set<std::string> late_and_unattended(const std::set<std::string>& names) const;

  /// Without a trailing line end. kConfig when undeclared, or why it could not be read.
  [[nodiscard]] Result<std::string> value(std::string_view name) const;
  /// Keeps all that could be read out of sight.
  [[nodiscard]] const SecretNet& net() const { return net_; }
  /// One that nobody declared, and came about on the way: what Vault gave for an AppRole.
  void learn(Secret secret) { net_.learn(std::move(secret)); }

 private:
  Task<Result<void>> resolve_one(const std::string& name, const Fetch& fetch);

  std::map<std::string, SecretReference, std::less<>> references_;
  SecretSettings settings_;
  std::map<std::string, Result<std::string>, std::less<>> values_;
  SecretNet net_;
};

/// The names of the secrets that a value refers to, as { secret = "NAME" }, however deep.
std::set<std::string> secrets_named_in(const Value& value);

}  // namespace runbook::run

// Where the values of secrets come from that are not read at the start: a program, Vault, a person at the terminal.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/task.h"
#include "cli/console.h"
#include "cli/options.h"
#include "run/secret_values.h"
#include "run/world.h"
#include "secret/vault.h"

namespace runbook::cli {

class SecretSources {
 public:
  /// All must outlive it.
  SecretSources(boost::asio::io_context& loop, const Options& options, const run::Inventory& inventory,
                run::SecretValues& values, run::Progress& progress);

  /// As run::SecretValues::Fetch wants it.
  Task<Result<std::string>> fetch(std::string name, run::SecretReference reference);

  /// The operator's ^C: a standing question is answered with kDeclined.
  void interrupt();

 private:
  Task<Result<std::string>> from_child(const run::SecretReference& reference);
  Task<Result<std::string>> from_vault(std::string_view rest);
  Task<Result<std::string>> from_person(std::string name, std::string question);
  Result<std::string> part_of_key(const std::string& name) const;

  boost::asio::io_context& loop_;
  const Options& options_;
  const run::Inventory& inventory_;
  run::SecretValues& values_;
  run::Progress& progress_;
  std::unique_ptr<Console> console_;
  std::unique_ptr<secret::Vault> vault_;
};

}  // namespace runbook::cli

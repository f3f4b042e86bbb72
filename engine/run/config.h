// Configuration: flags win over RUNBOOK_* variables, then the project's runbook.toml (found in the working directory or
// above it), then $XDG_CONFIG_HOME/runbook/runbook.toml, then /etc/runbook/runbook.toml.
//
//   inventory = "inventory.toml"        # relative to the file that says it
//   playbooks = ["playbooks"]           # folders, searched in this order
//   state     = "/var/lib/runbook"
//   [audit]
//   anchors   = ["file:/mnt/backup/runbook.notes", "syslog:"]   # where the end of the log is noted: safety/anchor.h
//   rotate_at = "16mb"                  # a run that finds a file of the log grown so far goes on in the next one
//   [limits]
//   evidence  = "20s"                   # how long a playbook may look
//   phase     = "60s"                   # how long any other part of it may take
//   memory    = "256mb"                 # of the worker
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/error.h"
#include "run/toml.h"
#include "safety/anchor.h"

namespace runbook::run {

struct Config {
  std::filesystem::path inventory;
  std::vector<std::filesystem::path> playbooks;
  std::filesystem::path state;
  std::chrono::milliseconds evidence_limit{20'000};
  std::chrono::milliseconds phase_limit{60'000};
  std::uint64_t worker_memory = 256U << 20U;
  safety::Anchors anchors{};
  std::uint64_t rotate_at = 16U << 20U;
  std::vector<std::filesystem::path> files;  // the files that were read, for doctor
};

/// What the command line or the environment said; empty members were not given.
struct ConfigOverrides {
  std::filesystem::path config;
  std::filesystem::path inventory;
  std::filesystem::path state;
};

/// What one file says.
Result<Config> config_from(const Document& document);
/// Reads all files that exist, nearest first. kConfig with file and line for unknown keys and wrong values; a file
/// named by `overrides.config` must exist and is then the only one.
Result<Config> read_config(const ConfigOverrides& overrides);

}  // namespace runbook::run

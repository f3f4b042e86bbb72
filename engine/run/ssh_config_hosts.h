// The hosts that an OpenSSH configuration names: the words behind `Host` that are no patterns. How each is reached,
// `ssh -G` says (net/ssh_config.h); here only their names are taken. Rules: ssh_config(5).
//
//   Host cache-1 cache-2      # two hosts
//   Host *.lxd !bad.lxd       # patterns: no host
//   Include conf.d/*          # read too, where it stands before the first Host or Match
//
// An Include below a Host or Match counts for that one only, so that what it names are no hosts of their own: said, and
// not read.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "run/imported.h"

namespace runbook::run {

struct SshConfigNames {
  std::vector<ImportedHost> hosts{};                            // name, address and where
  std::vector<std::pair<std::string, std::string>> includes{};  // a pattern of paths, and where it stands
  std::vector<LeftOut> left_out{};                              // what is not followed
};

/// Pure. kConfig with file and line for what ssh would refuse, too: a quote that stays open, a Host without a name.
Result<SshConfigNames> parse_ssh_config_names(std::string_view text, const std::string& file);

/// Reads the file and what it includes, as ssh would: at most 16 deep. kConfig for a file without any Host, for one
/// larger than 1 MiB and one that cannot be read to its end. What an Include names and cannot be read is told in
/// `left_out`; `folder` is what its relative paths are relative to: ~/.ssh.
Result<ImportedHosts> read_ssh_config_hosts(const std::filesystem::path& file, const std::filesystem::path& folder);

}  // namespace runbook::run

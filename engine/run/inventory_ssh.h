// What the inventory says of hosts.
//
//   [targets.cache-host]
//   kind    = "ssh"
//   address = "redis.lxd"     # a name, an address, or a Host of ~/.ssh/config, whose words for it count
//   user    = "ops"           # these three only where OpenSSH's configuration does not say it
//   port    = 2222
//   ssh_config = "ssh_config" # instead of ~/.ssh/config, relative to the working directory
//   sudo    = true            # commands run through `sudo -n`
//
// The address becomes a URL, ssh://ops@redis.lxd:2222, which may stand there itself. Internal to run/.
#pragma once

#include "base/error.h"
#include "run/toml.h"
#include "safety/target.h"

namespace runbook::run {

/// The keys that only a host has.
bool is_ssh_key(std::string_view key);

/// Gives a target of the kind ssh its url and members. kConfig with file and line; other kinds are let pass.
Result<void> place_ssh_target(const Document& document, const std::string& path, safety::Target& target);

/// A host given as a URL on the command line. kUsage.
Result<safety::Target> ssh_target_from_url(std::string_view url);

}  // namespace runbook::run

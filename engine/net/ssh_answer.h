// What ssh said of a host, and what follows from it for another one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/ssh_config.h"
#include "net/ssh_config_files.h"

namespace runbook::net {

struct SshAnswer {
  std::string name{};  // of the host that was asked about
  SshConfig config{};
  std::string others{};  // what `ssh -G` printed, without its lines host and hostname
  std::string texts{};   // of the files that it read, and which these are
  SshConfigFiles files{};
};

/// From what `ssh -v -G` said. kProtocol when it names no host, user or port.
Result<SshAnswer> ssh_answer(std::string name, std::string_view printed, std::string_view said);

/// The configuration of a third host, where two answers prove it; nothing where they do not, and then ssh has to be
/// asked. They do when the files that ssh read of both were the same and cannot tell the three names apart
/// (ssh_config_files.h); when it said the same of both, and that holds none of the three names and no token; and when
/// both are to be found under their own names, or both under one that is neither's. `second` was asked for when `first`
/// was there: then its files did not change in between.
std::optional<SshConfig> config_proven_by(const SshAnswer& first, const SshAnswer& second, const std::string& name);

/// The files that `ssh -v` says it reads; an empty one in the place of one whose name cannot be told for certain.
std::vector<std::string> files_read_by(std::string_view said);

}  // namespace runbook::net

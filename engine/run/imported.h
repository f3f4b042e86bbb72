// What a file of another program says of hosts, before the inventory takes them in.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace runbook::run {

struct ImportedHost {
  std::string name{};     // what the file calls it
  std::string address{};  // where it is, as one would type it behind ssh
  std::string user{};     // empty: OpenSSH's configuration says it
  std::string port{};     // the same
  std::vector<std::string> tags{};
  std::string where{};  // "hosts.ini:7"
};

/// A host that the file names and that is no target, or a part of the file that could not be read.
struct LeftOut {
  std::string name{};  // empty for a part of the file
  std::string where{};
  std::string why{};
  std::string next{};  // what to do for it to be one
};

struct ImportedHosts {
  std::vector<ImportedHost> hosts{};
  std::vector<LeftOut> left_out{};
};

}  // namespace runbook::run

// The files of known hosts, read once for all the hosts of a run, and again when one of them is another.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "guard/known_hosts.h"

namespace runbook::net {

class KnownHostsFiles {
 public:
  /// What these files say, in their order; one that is not there says nothing, nor does one beyond 16 MiB.
  std::shared_ptr<const guard::KnownHosts> read(const std::vector<std::string>& paths);

 private:
  struct Read {
    std::string stamp;  // of the files as they were
    std::shared_ptr<const guard::KnownHosts> known;
  };
  std::map<std::vector<std::string>, Read> read_{};
};

}  // namespace runbook::net

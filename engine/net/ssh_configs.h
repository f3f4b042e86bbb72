// What ssh says of many hosts, asked for as few of them as can be.
//
// `ssh -G` costs 5 ms of processor a host. Hosts that the inventory reaches by the same words but for their name, and
// whose names are like the same patterns of the same files, get the same answer but for that name: ssh is asked for two
// of them, and when these two answers prove it (ssh_answer.h), for no other. Otherwise it is asked for each.
//
// Rejected: reading the files ourselves (their language is ssh's, and grows); a placeholder for the name (patterns
// would see it); several hosts in one call (there is none).
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/task.h"
#include "net/once.h"
#include "net/ssh_answer.h"
#include "net/ssh_config.h"

namespace runbook::net {

class SshConfigs {
 public:
  /// Errors as read_ssh_config.
  Task<Result<SshConfig>> of(Loop loop, SshAddress address);

 private:
  using Answer = std::shared_ptr<const SshAnswer>;
  using Asked = std::shared_ptr<Once<Answer>>;
  // Of names of one shape.
  struct Alike {
    Asked first{};
    Asked second{};
  };

  static Task<Result<Answer>> ask(Loop loop, Asked& asked, SshAddress address);

  std::map<std::string, Asked> any_{};    // by the words that name no host: whoever asked first
  std::map<std::string, Alike> alike_{};  // by these and the shape of the name
};

}  // namespace runbook::net

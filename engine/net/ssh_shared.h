// What connections to hosts share: what was asked of ssh, and read of known hosts, for one of them and holds for
// others.
//
// It belongs to the event loop, as the resolver does, and is there for each run: who opens a connection needs to know
// nothing of it.
#pragma once

#include <boost/asio/execution_context.hpp>

#include "net/known_hosts_files.h"
#include "net/ssh_configs.h"

namespace runbook::net {

class SshShared : public boost::asio::execution_context::service {
 public:
  using key_type = SshShared;
  static boost::asio::execution_context::id id;

  explicit SshShared(boost::asio::execution_context& context) : service(context) {}

  /// That of the loop, made when it is first asked for.
  static SshShared& of(const Loop& loop);

  [[nodiscard]] SshConfigs& configs() { return configs_; }
  [[nodiscard]] KnownHostsFiles& known_hosts() { return known_hosts_; }

 private:
  void shutdown() override { configs_ = {}; }  // what is still asked for has timers of the loop

  SshConfigs configs_{};
  KnownHostsFiles known_hosts_{};
};

}  // namespace runbook::net

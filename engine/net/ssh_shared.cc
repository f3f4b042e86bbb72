#include "net/ssh_shared.h"

namespace runbook::net {

namespace asio = boost::asio;

asio::execution_context::id SshShared::id;

SshShared& SshShared::of(const Loop& loop) {
  return asio::use_service<SshShared>(asio::query(loop, asio::execution::context));
}

}  // namespace runbook::net

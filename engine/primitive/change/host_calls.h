// Sending what a permit lists to a host.
#pragma once

#include <chrono>

#include "guard/permit.h"
#include "net/ssh.h"
#include "primitive/reach.h"

namespace runbook::primitive {

/// Runs a command of the permit, once. Errors as Reach::ssh and SshConnection::change; `where` is the target's name.
/// How it ended is the caller's to judge.
Task<Result<net::SshOutput>> send_to_host(Reach& reach, const safety::Target& target, const guard::Argv& words,
                                          const guard::Permit& permit, std::chrono::seconds within);

/// The same over a connection of one's own, of one that must end with exit code 0; else kRemote, with what it said.
Task<Result<void>> run_over(net::SshConnection& connection, const safety::Target& target, const guard::Argv& words,
                            const guard::Permit& permit, std::chrono::seconds within);

/// The same over the connection of the run, of one that must end with exit code 0; else kRemote, with what it said.
Task<Result<void>> run_in_permit(Reach& reach, const safety::Target& target, const guard::Argv& words,
                                 const guard::Permit& permit, std::chrono::seconds within);

}  // namespace runbook::primitive

// The agent that keeps a person's keys: which it has, and what it signs with them. The protocol is
// draft-miller-ssh-agent; two of its requests are all that a login needs.
//
// libssh2 has code for agents that blocks the whole program while an agent asks its owner; ours waits on the loop.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/task.h"

namespace runbook::net {

/// The public keys of an answer to SSH_AGENTC_REQUEST_IDENTITIES, in the agent's order. kProtocol.
Result<std::vector<std::string>> parse_agent_identities(std::string_view message);
/// The signature in an answer to SSH_AGENTC_SIGN_REQUEST: without its type, as libssh2 wants it. kDenied when the agent
/// does not sign, kProtocol.
Result<std::string> parse_agent_signature(std::string_view message);

/// The agent's keys. kUnreachable, kTimeout, kProtocol.
Task<Result<std::vector<std::string>>> agent_identities(Loop loop, std::string socket, std::chrono::milliseconds limit);
/// What the agent signs with that key. Errors besides: kDenied.
Task<Result<std::string>> agent_sign(Loop loop, std::string socket, std::string public_key, std::string data,
                                     std::chrono::milliseconds limit);

}  // namespace runbook::net

// What a command that docker ran inside a container said, and what became of it.
#pragma once

#include <string>
#include <string_view>

#include "base/value.h"
#include "primitive/reach.h"

namespace runbook::primitive {

inline constexpr std::size_t kLargestOutput = 1U << 20U;

/// The request that starts a command has this body: its output comes as the answer, until it ends.
inline constexpr std::string_view kStartBody = R"({"Detach":false,"Tty":false})";

struct CommandOutput {
  std::string out{};
  std::string err{};
};

/// Takes the two streams apart. What the runtime says when it cannot start the command comes plainly, without frames:
/// it is in `out`. kProtocol for a stream that breaks off.
Result<CommandOutput> command_output(std::string_view stream);

/// The id in the answer to a request that makes a command. kProtocol when there is none.
Result<std::string> command_id(const safety::Target& target, std::string_view answer);

/// {status = "not_started", "running" or "exited", exit_code}. kNotFound when the engine does not know it any more.
Task<Result<Value>> command_outcome(Reach& reach, const safety::Target& target, std::string_view id);

/// The same, asked again for some seconds as long as the command is in this state, which it may be about to leave.
Task<Result<Value>> command_outcome_past(Reach& reach, const safety::Target& target, std::string id,
                                         std::string_view status);

}  // namespace runbook::primitive

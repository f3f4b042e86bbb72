#include "primitive/change/host_calls.h"

#include "base/remote_command.h"
#include "primitive/read/ask_host.h"

namespace runbook::primitive {

Task<Result<net::SshOutput>> send_to_host(Reach& reach, const safety::Target& target, const guard::Argv& words,
                                          const guard::Permit& permit, std::chrono::seconds within) {
  RUNBOOK_CO_TRY(connection, co_await reach.ssh(target));
  auto command = command_of(words);
  net::SshLimits limits;
  limits.total = within;
  auto output = co_await connection->change(std::move(command), permit, limits);
  if (connection->failure() != nullptr) reach.forget_failures();  // what became of it is read over another one
  co_return at_host(target, std::move(output));
}

Task<Result<void>> run_in_permit(Reach& reach, const safety::Target& target, const guard::Argv& words,
                                 const guard::Permit& permit, std::chrono::seconds within) {
  RUNBOOK_CO_TRY(output, co_await send_to_host(reach, target, words, permit, within));
  if (output.status != 0) {
    auto error = failed_on_host(target, command_of(words).argv, output);
    error.code = Code::kRemote;  // of a command that ran, 127 is its own: what it calls may be missing
    co_return error;
  }
  co_return Result<void>();
}

}  // namespace runbook::primitive

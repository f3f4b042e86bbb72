#include "primitive/change/host_calls.h"

#include "base/remote_command.h"
#include "primitive/read/ask_host.h"

namespace runbook::primitive {

namespace {

Task<Result<net::SshOutput>> send_over(net::SshConnection& connection, const safety::Target& target,
                                       const guard::Argv& words, const guard::Permit& permit,
                                       std::chrono::seconds within) {
  auto command = command_of(words);
  net::SshLimits limits;
  limits.total = within;
  co_return at_host(target, co_await connection.change(std::move(command), permit, limits));
}

Result<void> ended_well(const safety::Target& target, const guard::Argv& words, const net::SshOutput& output) {
  if (output.status == 0) return {};
  auto error = failed_on_host(target, command_of(words).argv, output);
  error.code = Code::kRemote;  // of a command that ran, 127 is its own: what it calls may be missing
  return error;
}

}  // namespace

Task<Result<net::SshOutput>> send_to_host(Reach& reach, const safety::Target& target, const guard::Argv& words,
                                          const guard::Permit& permit, std::chrono::seconds within) {
  RUNBOOK_CO_TRY(connection, co_await reach.ssh(target));
  auto output = co_await send_over(*connection, target, words, permit, within);
  if (connection->failure() != nullptr) reach.forget_failures();  // what became of it is read over another one
  co_return output;
}

Task<Result<void>> run_over(net::SshConnection& connection, const safety::Target& target, const guard::Argv& words,
                            const guard::Permit& permit, std::chrono::seconds within) {
  RUNBOOK_CO_TRY(output, co_await send_over(connection, target, words, permit, within));
  co_return ended_well(target, words, output);
}

Task<Result<void>> run_in_permit(Reach& reach, const safety::Target& target, const guard::Argv& words,
                                 const guard::Permit& permit, std::chrono::seconds within) {
  RUNBOOK_CO_TRY(output, co_await send_to_host(reach, target, words, permit, within));
  co_return ended_well(target, words, output);
}

}  // namespace runbook::primitive

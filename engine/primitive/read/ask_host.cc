#include "primitive/read/ask_host.h"

#include "base/remote_command.h"
#include "base/text.h"

namespace runbook::primitive {

namespace {

constexpr int kNoSuchProgram = 127;

}  // namespace

Task<Result<net::SshOutput>> run_on_host(Reach& reach, const safety::Target& target, guard::Argv argv) {
  if (argv.empty() || is_by_sudo(argv)) {
    co_return Error{.code = Code::kRefused,
                    .message = argv.empty() ? "no command was given" : "sudo is not a playbook's to say",
                    .where = target.name,
                    .next = "sudo = true of a host in the inventory runs its commands by sudo -n"};
  }
  if (reach.ssh_guard().reserves({.argv = argv})) {
    co_return Error{.code = Code::kRefused,
                    .message = escaped(argv.front(), 40) + " is asked so by readers alone, which take care of it",
                    .where = target.name,
                    .next =
                        "host.env_file tells what is in a file of variables, host.dns and host.can_reach what the "
                        "host finds of a target"};
  }
  RUNBOOK_CO_TRY(connection, co_await reach.ssh(target));
  RemoteCommand command{.argv = target.sudo ? by_sudo(argv) : std::move(argv)};
  const net::SshLimits limits;
  co_return at_host(target, co_await connection->read(std::move(command), limits));
}

Task<Result<net::SshOutput>> hear_host(Reach& reach, const safety::Target& target, guard::Argv argv,
                                       net::SshLimits limits) {
  RUNBOOK_CO_TRY(connection, co_await reach.ssh(target));
  // The variables stand in front of sudo, which hands them on: behind it, they would ask for the right to run env.
  RUNBOOK_CO_TRY(plain, in_environment({{"LC_ALL", "C"}, {"TZ", "UTC"}}, target.sudo ? by_sudo(argv) : argv));
  RemoteCommand command{.argv = std::move(plain)};
  RUNBOOK_CO_TRY(output, at_host(target, co_await connection->read(std::move(command), limits)));
  if (output.status == kNoSuchProgram)
    co_return Error{Code::kNotFound, "the host has no " + escaped(argv.front(), 40), target.name};
  co_return std::move(output);
}

Error failed_on_host(const safety::Target& target, const guard::Argv& argv, const net::SshOutput& output) {
  const auto program = escaped(argv.front(), 40);
  if (output.status == kNoSuchProgram) return {Code::kNotFound, "the host has no " + program, target.name};
  const auto said = trim(output.err.empty() ? output.out : output.err);
  const auto how =
      output.status ? "exit code " + std::to_string(*output.status) : "signal " + escaped(output.signal, 20);
  return {Code::kRemote,
          program + " ended with " + how + (said.empty() ? "" : ": " + escaped(said.substr(0, said.find('\n')), 300)),
          target.name};
}

Task<Result<std::string>> ask_host(Reach& reach, const safety::Target& target, guard::Argv argv,
                                   net::SshLimits limits) {
  RUNBOOK_CO_TRY(output, co_await hear_host(reach, target, argv, limits));
  if (output.status != 0) co_return failed_on_host(target, argv, output);
  if (output.cut)
    co_return Error{Code::kLimit,
                    escaped(argv.front(), 40) + " says more than " + bytes_text(static_cast<double>(limits.output)),
                    target.name};
  co_return std::move(output.out);
}

}  // namespace runbook::primitive

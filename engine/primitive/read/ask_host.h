// Commands of a host that only look, for readers.
#pragma once

#include <string>

#include "guard/permit.h"
#include "net/ssh.h"
#include "primitive/reach.h"

namespace runbook::primitive {

/// The same result; an error that names no place names the target.
template <class T>
Result<T> at_host(const safety::Target& target, Result<T> result) {
  if (result || !result.error().where.empty()) return result;
  auto error = std::move(result).error();
  error.where = target.name;
  return error;
}

/// Runs a command there as a playbook asks for it, through sudo when the target says so. Errors as Reach::ssh and
/// SshConnection::read; `where` is the target's name. Any exit code is an answer.
Task<Result<net::SshOutput>> run_on_host(Reach& reach, const safety::Target& target, guard::Argv argv);

/// The same for a reader, in the C locale and in UTC, so that what is said can be understood whatever language the host
/// speaks. kNotFound when the host has no such program.
Task<Result<net::SshOutput>> hear_host(Reach& reach, const safety::Target& target, guard::Argv argv,
                                       net::SshLimits limits = {});

/// The error for a command that did not end with exit code 0: kNotFound when the host has no such program, else kRemote
/// with what it said.
Error failed_on_host(const safety::Target& target, const guard::Argv& argv, const net::SshOutput& output);

/// The standard output of a command that succeeds. kRemote with its own words when it does not, kLimit when it says too
/// much, else as hear_host.
Task<Result<std::string>> ask_host(Reach& reach, const safety::Target& target, guard::Argv argv,
                                   net::SshLimits limits = {});

}  // namespace runbook::primitive

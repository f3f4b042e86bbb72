// One error type for everything below the command line, and the closed list of its codes.
//
// Functions return `Result<T>`; an exception means a bug. The codes are also what a playbook sees in
// `err.code`, so the list grows only when a playbook or the exit code has to tell two cases apart.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace runbook {

enum class Code : std::uint8_t {
  // What a primitive may say of its target.
  kUnreachable,  // nothing accepted the connection, or its name did not resolve
  kTimeout,      // no answer within the deadline
  kAuth,         // credentials missing or refused
  kDenied,       // authenticated, but not allowed to do this
  kProtocol,     // the peer does not speak the protocol, or broke it
  kRemote,       // the peer answered with an error of its own
  kNotFound,     // what was asked for does not exist there
  kLimit,        // larger, deeper or longer than we accept
  kCancelled,    // given up on the operator's word
  kInDoubt,      // sent, and nobody can say yet whether it took effect
  // What the engine may say of the request.
  kUsage,     // command line or arguments of a call
  kConfig,    // configuration or inventory
  kPlaybook,  // the playbook does not load, does not check, or raised an error
  kRunaway,   // the playbook exceeded its CPU, memory, time or call limit
  kRefused,   // policy, evidence, lock or target says no
  kDeclined,  // the operator said no, or quit
  kUnasked,   // an answer is needed and nobody can be asked
  kStale,     // the world is no longer what the plan was made for
  kAudit,     // the audit log cannot be written or does not verify
  kStorage,   // a file of ours cannot be read or written
  kInternal,  // a bug of ours
};

/// The name of a code as playbooks, JSON and the audit log spell it, e.g. "unreachable".
std::string_view name_of(Code code);

struct Error {
  Code code = Code::kInternal;
  std::string message;  // what is wrong, and with what; one sentence without a full stop
  std::string where{};  // file:line, target or path; may be empty
  std::string next{};   // what the reader can do about it; may be empty

  /// "where: message (next)" on one line, unescaped.
  [[nodiscard]] std::string text() const;
};

template <class T = void>
using Result = boost::system::result<T, Error>;

/// Required by boost::system::result: `.value()` of a failed result is a bug of the caller.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

}  // namespace runbook

// Unwraps a Result into a new variable, or returns its error to the caller.
// RUNBOOK_TRY is for plain functions, RUNBOOK_CO_TRY for coroutines.
#define RUNBOOK_TRY(name, expression)                          \
  auto name##_result = (expression);                           \
  if (!name##_result) return std::move(name##_result).error(); \
  auto&& name = *name##_result
#define RUNBOOK_CO_TRY(name, expression)                          \
  auto name##_result = (expression);                              \
  if (!name##_result) co_return std::move(name##_result).error(); \
  auto&& name = *name##_result
// The same for results without a value.
#define RUNBOOK_CHECK(expression) \
  if (auto checked = (expression); !checked) return std::move(checked).error()
#define RUNBOOK_CO_CHECK(expression) \
  if (auto checked = (expression); !checked) co_return std::move(checked).error()

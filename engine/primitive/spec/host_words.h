// The words in which changes of hosts are said.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "safety/change.h"

namespace runbook::primitive {

/// A command as it will be sent (base/remote_command.h), by sudo where the host is declared so.
safety::Words host_call(const safety::Change& change, std::vector<std::string> argv);

/// The arguments of the way back: those given, and as whom the change ran.
Value way_back_args(const safety::Change& change, Value::Map args);

/// kUsage unless `text` is a name that systemd may give a unit: "redis-server", "getty@tty1.service".
Result<void> check_unit(std::string_view text);

/// How long a command of a change may take, where that is its author's to say.
constexpr int kLongestSeconds = 3600;

/// A program and its arguments, without sudo, that fit in one line to a host; kUsage, which calls them `name`.
Result<std::vector<std::string>> host_argv(const Value& words, std::string_view name);

}  // namespace runbook::primitive

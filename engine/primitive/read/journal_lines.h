// What journalctl -o json prints, one object to a line, as values. Pure; the text is foreign.
//
// systemd.journal-fields(7): all values are text, but a message that is no UTF-8 is a list of its bytes.
#pragma once

#include <string_view>

#include "base/error.h"
#include "base/value.h"

namespace runbook::primitive {

/// A list of {time, unit, source, pid, priority, message}: time as in the audit log, priority by its name ("err").
/// kProtocol for a line that is no entry.
Result<Value> parse_journal(std::string_view text);

/// Of such a list, the processes that the kernel killed for want of memory: a list of {time, process, pid, in_group};
/// in_group: its control group was full, not the host.
Value oom_kills(const Value& journal);

}  // namespace runbook::primitive

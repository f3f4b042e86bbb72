// The settings of a PostgreSQL that a playbook may change, each judged: it takes effect without a restart (its context
// is user, superuser or sighup), it can be set back, and nothing that it holds is run, loaded or opens the server.
// Left out on purpose: what takes a command, a library, a file or an address; what gives up data that is written
// (fsync, full_page_writes); what decides who comes in (ssl_*, *_file); what changes the meaning of SQL
// (standard_conforming_strings, search_path, session_replication_role); and log_statement, which writes passwords into
// the log.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/value.h"

namespace runbook::primitive {

std::span<const std::string_view> settings_to_change();

/// What may be lost, or stops, when a setting that is on the list is set to this meaning; empty for most. It makes the
/// change level 3.
std::string loss_of_setting(std::string_view name, std::string_view meaning, std::string_view meaning_before);

}  // namespace runbook::primitive

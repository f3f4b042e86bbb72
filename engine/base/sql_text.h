// Names and values within SQL that we write ourselves. Pure. Values go as parameters wherever a statement takes them;
// what is left are names, and the few utility statements that take none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace runbook {

/// "public.orders" as "public"."orders": each part letters, digits and underscores, at most 63, and taken as it is
/// written, also its case. kUsage.
Result<std::string> sql_name(std::string_view name);

/// "it's" as 'it''s', for the statements that take no parameters. kUsage for a backslash, which means something else
/// where standard_conforming_strings is off, and for control characters.
Result<std::string> sql_literal(std::string_view text);

/// The lines of psql that run a statement with the values of $1, $2, …: there is no other way to give it those.
std::string sql_for_psql(std::string_view statement, const std::vector<std::string>& params);

}  // namespace runbook

// What the PostgreSQL readers share: a question through the gate (guard/postgres.h) on the target's shared connection.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "guard/postgres.h"
#include "net/postgres.h"
#include "primitive/reach.h"

namespace runbook::primitive {

/// The answer to one query. kRefused for what is no query or names a function that may change something; kLimit,
/// kTimeout, kDenied, … as PostgresConnection::look. `where` of an error is the target's name.
Task<Result<net::PostgresAnswer>> ask_postgres(Reach& reach, const safety::Target& target, Result<guard::Batch> batch,
                                               std::size_t answer, const guard::ReadLimits& limits);

/// The rows of a question about the server itself: every name in it is one of pg_catalog. A list of tables.
Task<Result<Value>> ask_catalogue(Reach& reach, const safety::Target& target, std::string sql,
                                  std::vector<std::string> params = {});

/// The same of a question that is answered by one row.
Task<Result<Value>> ask_catalogue_row(Reach& reach, const safety::Target& target, std::string sql,
                                      std::vector<std::string> params = {});

}  // namespace runbook::primitive

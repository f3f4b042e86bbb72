// What PostgreSQL answers, as values: by the type that the server gives each column. Pure.
//
//   boolean                          boolean
//   smallint, integer, oid, real, double precision     number
//   bigint, numeric                  number where a double holds it digit for digit, else text
//   json, jsonb                      as it is
//   arrays of these and of texts     list; of several dimensions: lists of lists
//   all else (text, timestamps, intervals, uuid, …)    text as the server writes it; times are ISO 8601 in UTC
//   NULL                             nothing: the row has no member of that name, and `columns` does
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/value.h"
#include "net/postgres.h"

namespace runbook::primitive {

/// One cell, of the type with that OID. kProtocol for a text that the type does not have.
Result<Value> postgres_value(unsigned type, const std::optional<std::string>& cell);

/// A list of tables by column. kUsage when two columns have one name; kProtocol.
Result<Value> postgres_rows(const net::PostgresAnswer& answer);

}  // namespace runbook::primitive

// What the changes of a PostgreSQL have in common: how a transaction is made of one statement.
#pragma once

#include <string>
#include <vector>

#include "safety/change.h"

namespace runbook::primitive {

/// How a transaction ends that stands, and what the server says of it then.
inline constexpr const char* kCommit = "COMMIT";

/// Where the statement stands among the calls of a transaction.
inline constexpr std::size_t kStatementCall = 3;

/// The calls of a transaction around one statement: its limits, the statement with its parameters, the id that tells
/// later what became of it, and COMMIT, which is sent when that id is on record.
std::vector<safety::Words> transaction_of(std::string sql, const std::vector<std::string>& params, double seconds);

/// Whether the transaction that the change was made in is committed; false where it was given no handle.
bool is_committed(const Value& state);

/// What a person would type for the statement of a transaction.
std::vector<std::string> transaction_by_hand(const safety::Change& change);

}  // namespace runbook::primitive

// A change of a PostgreSQL that is one transaction: made ready up to its COMMIT, and asked about by its id.
#pragma once

#include <chrono>

#include "guard/permit.h"
#include "guard/postgres.h"
#include "primitive/reach.h"
#include "safety/applier.h"

namespace runbook::primitive {

/// What the server's own limits leave to the way there and back.
inline constexpr std::chrono::seconds kBeyondLimits{5};

/// How many rows the statement of a transaction may touch.
struct RowLimit {
  double rows = 1;
  bool exactly = true;
};

/// One of the permit's calls, as it is sent.
guard::Statement statement_of(const guard::Argv& words);

/// The error, of this target unless it says of which.
Error at(const safety::Target& target, Error error);

/// Sends what the permit lists (postgres_words.h) up to COMMIT, which the result's `begin` sends, with the id of the
/// transaction as its handle. kStale when the statement touched other than so many rows: then nothing stands. `within`
/// is the server's limit for the statement. Target and permit must outlive what it gives.
Task<Result<safety::Ready>> transaction_ready(Reach& reach, const safety::Target& target, const guard::Permit& permit,
                                              std::chrono::seconds within, RowLimit limit);

}  // namespace runbook::primitive

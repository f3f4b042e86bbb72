// The last look at what goes to a PostgreSQL server, right before it is sent, and the gate that every read goes
// through.
//
// `BEGIN READ ONLY` alone is none: a superuser gets more than 25 statements past it that change something. What passes
// without a permit is one form of batch, made around one statement and compared with it word for word:
//
//   BEGIN TRANSACTION READ ONLY
//   SET LOCAL plan_cache_mode = force_generic_plan                 the look-up is planned once a session: 1.4 ms
//   SELECT set_config(…), (…)      limits, and a look-up of the names; it fails when one is a function that may change
//                                  something. It is the first query, so from here on the transaction cannot be made
//                                  writable. The server skips the rest of a batch behind what failed.
//   DECLARE runbook_read NO SCROLL CURSOR FOR <the statement>     nothing but a query can be declared
//   FETCH FORWARD <n> FROM runbook_read
//   ROLLBACK
//
// Every word of the statement (base/sql_words.h) is looked up in pg_proc: none may be the name of a VOLATILE function,
// but those that are known to look only; nor the name of a function that runs the SQL it is given as a text. What no
// gate here can see is what hides inside: a function that is not marked VOLATILE and calls one, the code behind a view,
// an operator's, an aggregate's or a cast's function. The role that reads should therefore have no right to more than
// that.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "guard/permit.h"

namespace runbook::guard {

/// One statement and the values of its $1, $2, …
struct Statement {
  std::string sql{};
  std::vector<std::string> params{};

  bool operator==(const Statement&) const = default;
};

using Batch = std::vector<Statement>;

struct ReadLimits {
  std::chrono::milliseconds statement{5000};  // for its whole run
  std::chrono::milliseconds lock{500};        // for each lock that it must wait for
  unsigned rows = 1000;                       // at most so many are fetched
  std::string search_path{};                  // empty: the role's own
};

/// The batch that reads these rows. kRefused for what is no single query, or names what is known to run SQL from a
/// text.
Result<Batch> read_batch(std::string_view sql, std::vector<std::string> params, const ReadLimits& limits);

/// The batch that has the plan of a query told, as JSON, and does not run it. kRefused.
Result<Batch> explain_batch(std::string_view sql, std::vector<std::string> params, const ReadLimits& limits);

/// The look-up of the gate, the same in every batch: its parameters alone differ, so that a server need parse it once.
std::string_view look_up_statement();

/// Where in such a batch the answer stands.
inline constexpr std::size_t kReadRows = 4;
inline constexpr std::size_t kExplained = 3;

/// Where its look-up stands.
inline constexpr std::size_t kLookUpPlace = 2;

/// The name of the function in an error of the gate's look-up: "public.forget(integer)"; empty for any other error.
std::string refused_function(std::string_view message);

/// How a transaction ends without effect, which needs no permit.
inline constexpr std::string_view kRollback = "ROLLBACK";

class PostgresGuard {
 public:
  /// Whether this may be sent. Without a permit (null) only a batch as above; with one also statements that it lists,
  /// each as the statement and its parameters. kRefused. Alone in its object file, so that a test can link without it.
  [[nodiscard]] Result<> look(std::span<const Statement> batch, const Permit* permit) const;
};

}  // namespace runbook::guard

// One session of PostgreSQL, over libpq. Internal to net/.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "net/deadline.h"
#include "net/postgres.h"
#include "net/turns.h"

namespace runbook::net {

struct PostgresClosed {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using PostgresHandle = std::unique_ptr<PGconn, PostgresClosed>;

/// What an error of the server means, by its SQLSTATE (PostgreSQL, appendix A).
Code code_of_sqlstate(std::string_view state);

/// Waits until a socket can be read or written. kTimeout, kCancelled.
Task<Result<void>> socket_ready(Loop loop, int socket, bool to_write, TimePoint until);

/// A session that is logged in, in pipeline mode. Errors as PostgresConnection::connect.
Task<Result<PostgresHandle>> log_in_to_postgres(Loop loop, PostgresOptions options);

class PostgresWire : public std::enable_shared_from_this<PostgresWire> {
 public:
  PostgresWire(Loop loop, PostgresHandle session, const guard::PostgresGuard& guard, std::size_t largest_answer);

  /// Shows the batch to the guard, sends it when its turn comes, and gives its answers.
  Task<Result<std::vector<PostgresAnswer>>> exchange(guard::Batch batch, const guard::Permit* permit,
                                                     std::chrono::milliseconds limit);

  void fail(Error error);
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
  [[nodiscard]] const Loop& loop() const { return loop_; }

 private:
  using Answers = std::vector<PostgresAnswer>;
  struct Collected {
    Answers answers{};
    std::optional<Error> said{};   // the first error of the server
    bool forgot_prepared = false;  // which was that it knows no statement of the name that we gave one
  };

  Result<void> queue(const guard::Batch& batch);
  Task<void> prepare_look_up(TimePoint until);
  Task<Result<void>> flush(TimePoint until);
  Task<Result<void>> result_ready(TimePoint until);
  Task<Result<Collected>> collect(std::size_t syncs, TimePoint until);
  Task<Result<Collected>> ask(const guard::Batch& batch, TimePoint until);
  Task<Result<Collected>> deliver(const guard::Batch& batch, std::chrono::milliseconds limit);
  [[nodiscard]] Error broke() const;
  [[nodiscard]] Error too_large() const;

  Loop loop_;
  PostgresHandle session_;
  const guard::PostgresGuard& guard_;
  Turns turns_;
  std::size_t largest_answer_;
  std::size_t before_ = 0;  // bytes that the program had allotted when the batch under way was sent
  std::string prepared_{};  // the name of the gate's look-up on this session; empty: it is sent whole
  bool may_be_prepared_ = true;
  std::optional<Error> failure_;
};

}  // namespace runbook::net

// The PostgreSQL client: libpq's asynchronous interface on the engine's loop; TCP with a verified certificate, or a
// unix socket.
//
// It has no policy of its own and cannot be made without a guard, which sees each batch as it is about to be sent. A
// batch goes out in pipeline mode, so that it costs one round trip; behind one of its statements that failed the server
// carries out none. ROLLBACK at its end stands behind a sync point and is carried out whatever failed before.
//
// One batch is under way at a time, the others wait for their turn. Each ends within its own limit, also when whoever
// asked is gone; a connection on which one did not is broken for good. Nothing is ever sent twice.
//
// libpq takes what it is not told from PG* variables and from files in the home of the user: all of that is told
// (postgres_login.cc), and the variables are forgotten (`forget_postgres_environment`), so that the inventory alone
// says where a connection goes.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/postgres_url.h"
#include "base/task.h"
#include "guard/permit.h"
#include "guard/postgres.h"

namespace runbook::net {

class PostgresWire;

struct PostgresOptions {
  PostgresUrl address{};
  std::optional<std::string> password{};
  std::string pass_file{};  // libpq's file of passwords; empty: none
  bool verified = true;     // over TCP: TLS, with the certificate checked against the host
  std::string ca_file{};    // empty: the system's authorities
  std::string cert_file{};  // that we show, and its key; empty: none
  std::string key_file{};
  std::chrono::milliseconds connect_limit = std::chrono::seconds(5);
  std::size_t largest_answer = 8U << 20U;  // of one batch, in bytes
};

struct PostgresColumn {
  std::string name{};
  unsigned type = 0;  // its OID in pg_type
};

/// What one statement answered.
struct PostgresAnswer {
  std::string tag{};  // "SELECT 3", "UPDATE 1"
  std::vector<PostgresColumn> columns{};
  std::vector<std::vector<std::optional<std::string>>> rows{};  // as text; null: nothing
};

class PostgresConnection {
 public:
  /// Connects and logs in. The guard must outlive it. kUnreachable, kTimeout, kAuth, kDenied, kRemote, kConfig;
  /// kLimit when the server has no slot left for this role.
  static Task<Result<std::shared_ptr<PostgresConnection>>> connect(Loop loop, PostgresOptions options,
                                                                   const guard::PostgresGuard& guard);
  ~PostgresConnection();
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  /// Sends a batch of reads; one answer for each statement. The first error of the server ends it: kAuth, kDenied,
  /// kTimeout (its statement or lock timeout), kRefused (no writes here), kRemote, with the server's words and
  /// SQLSTATE. kLimit for an answer that is too large, kTimeout when it is silent for longer than `limit`, which break
  /// the connection; kRefused by the guard.
  Task<Result<std::vector<PostgresAnswer>>> look(guard::Batch batch, std::chrono::milliseconds limit);

  /// The same for what the permit lists. kInDoubt when it was sent and no answer came.
  Task<Result<std::vector<PostgresAnswer>>> send(guard::Batch batch, const guard::Permit& permit,
                                                 std::chrono::milliseconds limit);

  /// Why this connection can no longer be used; nothing while it can.
  [[nodiscard]] const std::optional<Error>& failure() const;
  [[nodiscard]] bool broken() const { return failure().has_value(); }

 private:
  explicit PostgresConnection(std::shared_ptr<PostgresWire> wire) : wire_(std::move(wire)) {}
  std::shared_ptr<PostgresWire> wire_;
};

/// Takes the PG* variables out of this program's environment. To be called while it has one thread.
void forget_postgres_environment();

}  // namespace runbook::net

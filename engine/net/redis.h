// The Redis client: TCP, TLS or unix socket; login, deadlines, many commands at once on one connection.
//
// It has no policy of its own and cannot be made without a guard, which sees each command as the bytes that leave. A
// reading uses `command(argv)`; a change must hold a Permit. Nothing is ever sent twice: a connection that fails stays
// broken, and whoever wants another opens another.
//
// hiredis would have been the library; the one in Debian 12 (0.14) has neither TLS nor RESP3.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/task.h"
#include "guard/permit.h"
#include "guard/redis.h"
#include "net/address.h"
#include "net/resp.h"
#include "net/tls.h"

namespace runbook::net {

class RedisWire;

struct RedisOptions {
  RedisAddress address{};
  std::optional<std::string> password{};                              // with address.user empty: of the default user
  std::string ca_file{};                                              // for rediss://; empty: the system's authorities
  std::chrono::milliseconds connect_limit = std::chrono::seconds(3);  // until connected and logged in
  std::chrono::milliseconds answer_limit = std::chrono::seconds(5);   // of silence while an answer is due
  RespLimits limits{};
};

class RedisConnection {
 public:
  /// Connects, does the TLS handshake, logs in, selects the database and names the connection "runbook". The guard and
  /// the trust must outlive it. kUnreachable, kTimeout, kAuth, kDenied, kRemote, kProtocol, kConfig; the message says
  /// which step failed.
  static Task<Result<std::shared_ptr<RedisConnection>>> connect(Loop loop, RedisOptions options,
                                                                const guard::RedisGuard& guard, TlsTrust& trust);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  /// Sends one read and waits for its reply. An error reply becomes kAuth, kDenied or kRemote with the server's words,
  /// which begin with the error's name: "LOADING Redis is loading the dataset in memory". kRefused by the guard.
  Task<Result<Reply>> command(guard::Argv argv);

  /// The same for what the permit lists. kInDoubt when it may have been carried out and no reply came.
  Task<Result<Reply>> command(guard::Argv argv, const guard::Permit& permit);

  /// Sends many reads at once and gives their replies in order, each as `command` would.
  Task<std::vector<Result<Reply>>> commands(std::vector<guard::Argv> batch);

  /// Why this connection can no longer be used; nothing while it can.
  [[nodiscard]] const std::optional<Error>& failure() const;
  [[nodiscard]] bool broken() const { return failure().has_value(); }
  /// The address that answered, e.g. "127.0.0.1:6379".
  [[nodiscard]] const std::string& peer() const;

 private:
  RedisConnection(std::shared_ptr<RedisWire> wire, std::chrono::milliseconds answer_limit)
      : wire_(std::move(wire)), answer_limit_(answer_limit) {}

  Task<Result<Reply>> exchange(guard::Argv argv, const guard::Permit* permit);

  std::shared_ptr<RedisWire> wire_;
  std::chrono::milliseconds answer_limit_;
};

/// The error that an error reply stands for. The text is escaped.
Error error_of(const Reply& reply);

}  // namespace runbook::net

// The connections of one run.
//
// Readings of a target share one connection, which is made when the first of them needs it. When it cannot be made, or
// breaks, further readings of that target fail at once with the same words until the engine looks anew
// (`forget_failures`): a dead server costs one deadline. A change takes a connection of its own, because WATCH and
// MULTI belong to a connection and a reading in between must not become part of a transaction.
//
// Requests over HTTP share one client, which keeps connections for reads and takes a fresh one for each change. A
// service that no connection led to is not asked again, either, until the engine looks anew.
//
// Secrets come in here and go to the client; no row and no playbook sees one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/task.h"
#include "base/value.h"
#include "guard/docker.h"
#include "guard/http.h"
#include "guard/postgres.h"
#include "guard/redis.h"
#include "guard/ssh.h"
#include "net/docker.h"
#include "net/http.h"
#include "net/postgres.h"
#include "net/redis.h"
#include "safety/target.h"

namespace runbook::net {
class SharedRedis;
class SshConnection;
struct SshAddress;
class Turns;
template <class T>
class Once;
}  // namespace runbook::net

namespace runbook::primitive {

/// What looks at everything that leaves for a target.
struct Guards {
  guard::RedisGuard redis{};
  guard::HttpGuard http{};
  guard::DockerGuard docker{};
  guard::PostgresGuard postgres{};
  guard::SshGuard ssh{};
};

/// Where a host is, as its target says it. kConfig.
Result<net::SshAddress> ssh_address_of(const safety::Target& target);

class Reach {
 public:
  /// The value of a secret by its name in [secrets].
  using Secrets = std::function<Result<std::string>(std::string_view name)>;

  /// The guards must outlive it.
  Reach(Loop loop, Secrets secrets, Guards& guards);
  ~Reach();
  Reach(const Reach&) = delete;
  Reach& operator=(const Reach&) = delete;

  /// The shared connection to a Redis. Errors as RedisConnection::connect, of the secret, and kConfig for a bad URL;
  /// `where` is the target's name.
  Task<Result<std::shared_ptr<net::RedisConnection>>> redis(const safety::Target& target);

  /// A connection of one's own, for changes.
  Task<Result<std::shared_ptr<net::RedisConnection>>> open_redis(const safety::Target& target);

  /// The shared connection to a PostgreSQL, of the role that looks; of the one for rescue when the server has no slot
  /// left for it. Errors as PostgresConnection::connect, of the secret, and kConfig for a bad URL; `where` is the
  /// target's name.
  Task<Result<std::shared_ptr<net::PostgresConnection>>> postgres(const safety::Target& target);

  /// A connection of one's own, of the role that changes. kRefused where the target has none.
  Task<Result<std::shared_ptr<net::PostgresConnection>>> open_postgres(const safety::Target& target);

  /// What an HTTP service answers to a read. Of the request, `path` stands below the target's url; where it goes, with
  /// which credentials and which CA, is the target's. Errors as HttpClient::read, of the secrets, and kUsage for a path
  /// that leads elsewhere; `where` is the target's name.
  Task<Result<net::HttpResponse>> http(const safety::Target& target, net::HttpRequest request, unsigned retries = 0);

  /// Sends the request that the permit lists, once, on a connection of its own. Errors as HttpClient::change besides.
  Task<Result<net::HttpResponse>> change_http(const safety::Target& target, net::HttpRequest request,
                                              const guard::Permit& permit);

  /// The client of the Docker Engine that a target is, or that runs it (its url); one for each engine. kConfig for a
  /// bad URL; `where` is the target's name. What it is asked tells the rest.
  Result<std::shared_ptr<net::DockerClient>> docker(const safety::Target& target);

  /// The connection to a host, kept for the run. Errors as SshConnection::connect; `where` is the target's name.
  Task<Result<std::shared_ptr<net::SshConnection>>> ssh(const safety::Target& target);

  /// A connection of one's own, by a login that is made now: it shows whether one still comes through. Errors as above.
  Task<Result<std::shared_ptr<net::SshConnection>>> open_ssh(const safety::Target& target);

  /// How the connection to a host came about: {transport: "libssh2" or "ssh", via: its jump hosts, where there are
  /// any}. Null where there is none.
  [[nodiscard]] Value way_to_host(std::string_view target) const;

  /// Whom TLS connections believe.
  [[nodiscard]] net::TlsTrust& trust() { return trust_; }

  /// What looks at all that leaves for a host.
  [[nodiscard]] const guard::SshGuard& ssh_guard() const { return guards_.ssh; }

  /// The value of a secret, for a change that puts it where it is needed.
  [[nodiscard]] Result<std::string> secret(std::string_view name) const { return secrets_(name); }

  /// From now on connections that failed are tried again.
  void forget_failures();

  /// Ends the commands that still run on hosts, for at most three seconds: what they look at is no longer waited for.
  Task<void> settle();

  [[nodiscard]] const Loop& loop() const { return loop_; }

 private:
  using PostgresLogin = net::Once<std::shared_ptr<net::PostgresConnection>>;
  using SshLogin = net::Once<std::shared_ptr<net::SshConnection>>;

  Result<std::shared_ptr<SshLogin>> log_in(const safety::Target& target);
  Result<net::RedisOptions> options_of(const safety::Target& target) const;
  Result<net::PostgresOptions> options_of(const safety::Target& target, const std::string& role,
                                          const std::string& password_secret) const;
  Task<Result<std::shared_ptr<net::PostgresConnection>>> look_into_postgres(safety::Target target);
  Result<net::HttpRequest> addressed(const safety::Target& target, net::HttpRequest request) const;
  net::HttpClient& http_client();

  Loop loop_;
  Secrets secrets_;
  Guards& guards_;
  net::TlsTrust trust_;
  std::map<std::string, std::shared_ptr<net::SharedRedis>> redis_;    // by target name
  std::map<std::string, std::shared_ptr<PostgresLogin>> postgres_;    // by target name
  std::unique_ptr<net::HttpClient> http_;                             // made when the first request needs it
  std::map<std::string, std::shared_ptr<net::DockerClient>> docker_;  // by URL
  std::map<std::string, std::shared_ptr<SshLogin>> ssh_;              // by target name
  std::unique_ptr<net::Turns> logins_;
};

}  // namespace runbook::primitive

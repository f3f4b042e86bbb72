// Where a target is reached, read from its URL. Pure.
//
//   redis://[user@]host[:port][/db]      TCP, port 6379 and database 0 unless said
//   rediss://…                           the same through TLS
//   unix:///path[?db=n]                  a socket of this machine
//
// A password in a URL ends up in process lists, shell histories and logs: it is refused, [secrets] is its place.
// Options that other clients know (?timeout=…) are refused as well; an option that is read and ignored is a lie.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace runbook::net {

/// A TCP port of a host, or a unix socket when `path` is set.
struct Endpoint {
  std::string host{};
  std::uint16_t port = 0;
  std::string path{};

  /// "cache:6379", "[::1]:6379" or "unix:/run/redis.sock", escaped for showing.
  [[nodiscard]] std::string text() const;
  bool operator==(const Endpoint&) const = default;
};

struct RedisAddress {
  Endpoint endpoint{};
  bool tls = false;
  std::string user{};
  int database = 0;
};

/// kConfig names what is wrong, and never repeats a password.
Result<RedisAddress> parse_redis_url(std::string_view url);

/// "host:port" or "[v6]:port", as `seen_as` of a target has it. kConfig.
Result<Endpoint> parse_host_port(std::string_view text);

/// Where the URL of a target of any kind leads: of HTTP, PostgreSQL or Redis. kConfig as their parsers.
Result<Endpoint> endpoint_of_url(std::string_view url);

/// Where clients find a service: `seen_as` when it has one, else the host and the port of its URL. kUsage when it has
/// neither, as a unix socket.
Result<Endpoint> client_endpoint(std::string_view url, std::string_view seen_as);

}  // namespace runbook::net

// URLs of PostgreSQL servers: postgresql://[USER@]HOST[:PORT]/DATABASE, or postgresql:///DATABASE?host=/run/postgresql
// for the socket in that folder, with &port= where it is not the usual one. Pure.
//
// A password in a URL ends up in process lists, shell histories and logs: it is refused, [secrets] is its place.
// Options that libpq knows (?sslmode=…) are refused as well: the inventory has words of its own for what may be chosen.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace runbook {

inline constexpr std::uint16_t kPostgresPort = 5432;

struct PostgresUrl {
  std::string user{};
  std::string host{};    // a name or an address; empty when it is reached by a socket
  std::string folder{};  // of the socket
  std::uint16_t port = kPostgresPort;
  std::string database{};
};

/// kConfig names what is wrong, and never repeats a password.
Result<PostgresUrl> parse_postgres_url(std::string_view url);

}  // namespace runbook

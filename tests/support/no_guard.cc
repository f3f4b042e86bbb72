// Stands in for guard/redis.cc, guard/docker.cc and guard/postgres.cc in a test that shows what happens without it.
#include "guard/docker.h"
#include "guard/postgres.h"
#include "guard/redis.h"

namespace runbook::guard {
Result<> RedisGuard::look(std::string_view /*outgoing*/, const Permit* /*permit*/) const { return {}; }
void DockerGuard::heard(const Request& /*request*/, const Permit* /*permit*/, std::string_view /*answer*/) {}
Result<> DockerGuard::look(const Request& /*request*/, const Permit* /*permit*/) const { return {}; }
Result<> PostgresGuard::look(std::span<const Statement> /*batch*/, const Permit* /*permit*/) const { return {}; }
}  // namespace runbook::guard

// What the inventory says of PostgreSQL.
//
//   [targets.shop-db]
//   kind = "postgres"
//   url  = "postgresql://db-1:5432/shop"      # or postgresql:///shop?host=/run/postgresql
//   user = "runbook_read"                     # the role that looks; pg_monitor is the right one for it
//   password = { secret = "DB_READ" }         # or pass_file = "/etc/runbook/pgpass"
//   change_user = "runbook_change"            # the role that changes; without it the target is looked at only
//   change_password = { secret = "DB_CHANGE" }
//   rescue_user = "postgres"                  # looks when there is no connection left for the others
//   rescue_password = { secret = "DB_RESCUE" }
//   ca_file = "/etc/runbook/db-ca.pem"        # over TCP the certificate is verified in full
//   tls = "off"                               # … unless the inventory says that its network is trusted
//
// Internal to run/.
#pragma once

#include "base/error.h"
#include "run/toml.h"
#include "safety/target.h"

namespace runbook::run {

/// Checks what only a target of the kind postgres has, and makes one that names no role for changes look_only. kConfig
/// with file and line.
Result<void> place_postgres_target(const Document& document, const std::string& path, safety::Target& target);

/// A server given as a URL on the command line. kUsage.
Result<safety::Target> postgres_target_from_url(std::string_view url);

}  // namespace runbook::run

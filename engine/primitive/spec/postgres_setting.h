// Changing one setting of a PostgreSQL for the whole server: ALTER SYSTEM writes it into postgresql.auto.conf, and a
// reload has it read. Both statements go out at once, so that the server carries out either both or none.
//
// The state has two sides: what ALTER SYSTEM wrote before, which the way back writes again or takes out, and what is in
// force. Beside them stand the server's own rules for the setting, by which texts are compared: "64MB" is "65536kB".
#pragma once

#include "safety/change_row.h"

namespace runbook::primitive {

/// change.postgres_setting, one of the rows of PostgreSQL.
safety::ChangeRow postgres_setting_row();

}  // namespace runbook::primitive

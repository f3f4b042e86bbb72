// All appliers: the code that changes things. Nothing but the live program links this library.
#pragma once

#include <vector>

#include "safety/applier.h"

namespace runbook::primitive {

class Reach;

/// They change things through `reach`, which must outlive them.
std::vector<safety::Applier> alertmanager_appliers(Reach& reach);
std::vector<safety::Applier> compose_appliers();
std::vector<safety::Applier> container_appliers(Reach& reach);
std::vector<safety::Applier> container_exec_appliers(Reach& reach);
std::vector<safety::Applier> docker_appliers(Reach& reach);
std::vector<safety::Applier> recreate_appliers(Reach& reach);
std::vector<safety::Applier> grafana_appliers(Reach& reach);
std::vector<safety::Applier> host_appliers(Reach& reach);
std::vector<safety::Applier> host_edit_appliers(Reach& reach);
std::vector<safety::Applier> http_appliers(Reach& reach);
std::vector<safety::Applier> pg_failover_appliers(Reach& reach);
std::vector<safety::Applier> postgres_appliers(Reach& reach);
std::vector<safety::Applier> redis_appliers(Reach& reach);
std::vector<safety::Applier> ufw_appliers(Reach& reach);

/// Those of every subject.
std::vector<safety::Applier> appliers(Reach& reach);

}  // namespace runbook::primitive

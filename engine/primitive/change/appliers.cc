#include "primitive/change/appliers.h"

#include <iterator>

namespace runbook::primitive {

std::vector<safety::Applier> appliers(Reach& reach) {
  std::vector<safety::Applier> all;
  for (auto subject :
       {alertmanager_appliers(reach), compose_appliers(), container_appliers(reach), container_exec_appliers(reach),
        docker_appliers(reach), grafana_appliers(reach), host_appliers(reach), host_edit_appliers(reach),
        http_appliers(reach), pg_failover_appliers(reach), postgres_appliers(reach), recreate_appliers(reach),
        redis_appliers(reach), ufw_appliers(reach)})
    all.insert(all.end(), std::make_move_iterator(subject.begin()), std::make_move_iterator(subject.end()));
  return all;
}

}  // namespace runbook::primitive

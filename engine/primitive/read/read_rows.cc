#include "primitive/read/read_rows.h"

#include <algorithm>

namespace runbook::primitive {

const std::vector<safety::ReadRow>& read_rows() {
  static const auto kRows = [] {
    std::vector<safety::ReadRow> rows;
    for (const auto subject : {alertmanager_rows(),     clock_rows(),          compose_rows(),
                               container_rows(),        container_exec_rows(), lineage_rows(),
                               docker_rows(),           docker_image_rows(),   docker_unused_rows(),
                               grafana_rows(),          health_rows(),         host_rows(),
                               host_edit_rows(),        host_file_rows(),      host_journal_rows(),
                               host_network_rows(),     host_requests_rows(),  host_ufw_rows(),
                               host_usage_rows(),       http_rows(),           net_rows(),
                               pg_failover_rows(),      postgres_query_rows(), postgres_server_rows(),
                               postgres_session_rows(), postgres_table_rows(), prometheus_rows(),
                               redis_server_rows(),     redis_traffic_rows(),  redis_key_rows(),
                               redis_command_rows(),    service_rows()}) {
      rows.insert(rows.end(), subject.begin(), subject.end());
    }
    return rows;
  }();
  return kRows;
}

const safety::ReadRow* find_read_row(std::string_view name) {
  const auto& rows = read_rows();
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const safety::ReadRow& r) { return r.name == name; });
  return row == rows.end() ? nullptr : &*row;
}

}  // namespace runbook::primitive

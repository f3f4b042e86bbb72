#include "primitive/spec/change_rows.h"

namespace runbook::primitive {

const std::vector<safety::ChangeRow>& change_rows() {
  static const auto kRows = [] {
    std::vector<safety::ChangeRow> rows;
    for (const auto subject :
         {alertmanager_change_rows(), compose_change_rows(), container_change_rows(), container_exec_change_rows(),
          container_limit_rows(), docker_tag_rows(), prune_change_rows(), grafana_change_rows(),
          host_edit_change_rows(), host_log_change_rows(), host_run_change_rows(), http_change_rows(),
          pg_failover_change_rows(), postgres_change_rows(), postgres_session_change_rows(), recreate_change_rows(),
          redis_change_rows(), ufw_change_rows(), unit_change_rows()}) {
      rows.insert(rows.end(), subject.begin(), subject.end());
    }
    return rows;
  }();
  return kRows;
}

const safety::ChangeRow* find_change_row(std::string_view name) { return safety::row_named(change_rows(), name); }

}  // namespace runbook::primitive

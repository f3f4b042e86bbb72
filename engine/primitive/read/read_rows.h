// All readers of the program.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "safety/row.h"

namespace runbook::primitive {

std::span<const safety::ReadRow> net_rows();
std::span<const safety::ReadRow> clock_rows();
std::span<const safety::ReadRow> compose_rows();
std::span<const safety::ReadRow> container_rows();
std::span<const safety::ReadRow> container_exec_rows();
std::span<const safety::ReadRow> docker_rows();
std::span<const safety::ReadRow> docker_image_rows();
std::span<const safety::ReadRow> docker_unused_rows();
std::span<const safety::ReadRow> alertmanager_rows();
std::span<const safety::ReadRow> grafana_rows();
std::span<const safety::ReadRow> host_rows();
std::span<const safety::ReadRow> host_edit_rows();
std::span<const safety::ReadRow> host_file_rows();
std::span<const safety::ReadRow> host_requests_rows();
std::span<const safety::ReadRow> host_journal_rows();
std::span<const safety::ReadRow> host_network_rows();
std::span<const safety::ReadRow> host_ufw_rows();
std::span<const safety::ReadRow> host_usage_rows();
std::span<const safety::ReadRow> http_rows();
std::span<const safety::ReadRow> lineage_rows();
std::span<const safety::ReadRow> pg_failover_rows();
std::span<const safety::ReadRow> postgres_query_rows();
std::span<const safety::ReadRow> postgres_server_rows();
std::span<const safety::ReadRow> postgres_session_rows();
std::span<const safety::ReadRow> postgres_table_rows();
std::span<const safety::ReadRow> prometheus_rows();
std::span<const safety::ReadRow> health_rows();
std::span<const safety::ReadRow> redis_server_rows();
std::span<const safety::ReadRow> service_rows();
std::span<const safety::ReadRow> redis_traffic_rows();
std::span<const safety::ReadRow> redis_key_rows();
std::span<const safety::ReadRow> redis_command_rows();

/// Every read row, by subject.
const std::vector<safety::ReadRow>& read_rows();
/// The row of that name; null when there is none.
const safety::ReadRow* find_read_row(std::string_view name);

}  // namespace runbook::primitive

// All change rows: what can be proposed, described without any way to do it.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "safety/change_row.h"

namespace runbook::primitive {

std::span<const safety::ChangeRow> alertmanager_change_rows();
std::span<const safety::ChangeRow> compose_change_rows();
std::span<const safety::ChangeRow> grafana_change_rows();
std::span<const safety::ChangeRow> host_edit_change_rows();
std::span<const safety::ChangeRow> host_log_change_rows();
std::span<const safety::ChangeRow> host_run_change_rows();
std::span<const safety::ChangeRow> http_change_rows();
std::span<const safety::ChangeRow> pg_failover_change_rows();
std::span<const safety::ChangeRow> postgres_change_rows();
std::span<const safety::ChangeRow> postgres_session_change_rows();
std::span<const safety::ChangeRow> redis_change_rows();
std::span<const safety::ChangeRow> container_change_rows();
std::span<const safety::ChangeRow> container_exec_change_rows();
std::span<const safety::ChangeRow> container_limit_rows();
std::span<const safety::ChangeRow> docker_tag_rows();
std::span<const safety::ChangeRow> prune_change_rows();
std::span<const safety::ChangeRow> recreate_change_rows();
std::span<const safety::ChangeRow> ufw_change_rows();
std::span<const safety::ChangeRow> unit_change_rows();

/// Every change row of the program.
const std::vector<safety::ChangeRow>& change_rows();
/// The row of that name; null when there is none.
const safety::ChangeRow* find_change_row(std::string_view name);

}  // namespace runbook::primitive

#include "primitive/spec/postgres_setting_list.h"

#include <array>

namespace runbook::primitive {

namespace {

constexpr auto kSettings = std::to_array<std::string_view>({"autovacuum",
                                                            "autovacuum_analyze_scale_factor",
                                                            "autovacuum_analyze_threshold",
                                                            "autovacuum_naptime",
                                                            "autovacuum_vacuum_cost_delay",
                                                            "autovacuum_vacuum_cost_limit",
                                                            "autovacuum_vacuum_insert_scale_factor",
                                                            "autovacuum_vacuum_insert_threshold",
                                                            "autovacuum_vacuum_scale_factor",
                                                            "autovacuum_vacuum_threshold",
                                                            "bgwriter_delay",
                                                            "bgwriter_lru_maxpages",
                                                            "bgwriter_lru_multiplier",
                                                            "checkpoint_completion_target",
                                                            "checkpoint_timeout",
                                                            "client_connection_check_interval",
                                                            "deadlock_timeout",
                                                            "default_statistics_target",
                                                            "default_transaction_read_only",
                                                            "effective_cache_size",
                                                            "effective_io_concurrency",
                                                            "hash_mem_multiplier",
                                                            "hot_standby_feedback",
                                                            "idle_in_transaction_session_timeout",
                                                            "idle_session_timeout",
                                                            "jit",
                                                            "lock_timeout",
                                                            "log_autovacuum_min_duration",
                                                            "log_checkpoints",
                                                            "log_lock_waits",
                                                            "log_min_duration_sample",
                                                            "log_min_duration_statement",
                                                            "log_statement_sample_rate",
                                                            "log_temp_files",
                                                            "logical_decoding_work_mem",
                                                            "maintenance_work_mem",
                                                            "max_parallel_maintenance_workers",
                                                            "max_parallel_workers",
                                                            "max_parallel_workers_per_gather",
                                                            "max_slot_wal_keep_size",
                                                            "max_standby_archive_delay",
                                                            "max_standby_streaming_delay",
                                                            "max_wal_size",
                                                            "min_wal_size",
                                                            "random_page_cost",
                                                            "statement_timeout",
                                                            "synchronous_commit",
                                                            "synchronous_standby_names",
                                                            "tcp_keepalives_count",
                                                            "tcp_keepalives_idle",
                                                            "tcp_keepalives_interval",
                                                            "tcp_user_timeout",
                                                            "temp_file_limit",
                                                            "track_io_timing",
                                                            "vacuum_cost_delay",
                                                            "vacuum_cost_limit",
                                                            "wal_keep_size",
                                                            "wal_receiver_timeout",
                                                            "wal_sender_timeout",
                                                            "work_mem"});

}  // namespace

std::span<const std::string_view> settings_to_change() { return kSettings; }

std::string loss_of_setting(std::string_view name, std::string_view meaning, std::string_view meaning_before) {
  if (meaning == meaning_before) return {};
  if (name == "synchronous_standby_names") {
    return meaning.empty()
               ? "what was confirmed last, when the primary is lost: a commit waits for no standby any more"
               : "writes, as long as not enough of these standbys are connected: every commit waits for them";
  }
  if (name == "synchronous_commit" && meaning != "on" && meaning != "remote_apply") {
    return meaning == "off" ? "what was confirmed in the last moment before a crash of the server"
                            : "what was confirmed last, when the primary is lost before its standby has it on disk";
  }
  if (name == "statement_timeout" && meaning != "0" && meaning.size() <= 3)  // in milliseconds: less than a second
    return "whatever takes longer, also the statement that would set it back";
  if (name == "default_transaction_read_only" && meaning == "on")
    return "writes: each fails, unless its transaction says that it is READ WRITE";
  if (name == "max_slot_wal_keep_size" && meaning != "-1")
    return "the replication slots that are further behind than that: their standbys have to be made anew";
  return {};
}

}  // namespace runbook::primitive

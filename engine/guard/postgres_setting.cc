#include "guard/postgres_setting.h"

#include <algorithm>
#include <array>

#include "base/sql_words.h"

namespace runbook::guard {

namespace {

constexpr std::string_view kSet = "ALTER SYSTEM SET ";
constexpr std::string_view kReset = "ALTER SYSTEM RESET ";
constexpr std::string_view kIs = " = ";
constexpr std::size_t kLongestName = 63;

// What a name of those has in it that run something, load something, open or move the server, or give up what was
// written.
constexpr auto kNever = std::to_array<std::string_view>(
    {"_command",     "librar",       "director", "listen_",       "unix_socket", "ssl",         "krb",      "gss",
     "conninfo",     "primary_",     "password", "role",          "search_path", "fsync",       "wal_sync", "full_page",
     "zero_damaged", "system_table", "checksum", "invalid_pages", "data_sync",   "jit_provider"});

// ALTER SYSTEM RESET ALL, however it is written; and where the server listens.
constexpr auto kNeverWhole = std::to_array<std::string_view>({"all", "port"});

bool is_name(std::string_view name) {
  const bool spelled = !name.empty() && name.size() <= kLongestName &&
                       std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  const bool never = std::find(kNeverWhole.begin(), kNeverWhole.end(), name) != kNeverWhole.end();
  return spelled && !never && !name.ends_with("file") &&
         std::none_of(kNever.begin(), kNever.end(),
                      [&](std::string_view part) { return name.find(part) != std::string_view::npos; });
}

bool is_literal(std::string_view text) {
  if (text.size() < 2 || text.front() != '\'' || text.back() != '\'') return false;
  text = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\\' || c < 0x20 || c == 0x7f) return false;
    if (c != '\'') continue;
    if (++i == text.size() || text[i] != '\'') return false;
  }
  return true;
}

}  // namespace

bool may_alter_system(const Statement& statement) {
  const auto words = parse_sql_words(statement.sql);
  return !words || (words->first == "alter" && words->second == "system");
}

bool is_plain_setting(const Statement& statement) {
  std::string_view sql = statement.sql;
  if (!statement.params.empty()) return false;
  if (sql.starts_with(kReset)) return is_name(sql.substr(kReset.size()));
  if (!sql.starts_with(kSet)) return false;
  sql.remove_prefix(kSet.size());
  const auto is = sql.find(kIs);
  return is != std::string_view::npos && is_name(sql.substr(0, is)) && is_literal(sql.substr(is + kIs.size()));
}

}  // namespace runbook::guard

#include "guard/postgres.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"
#include "guard/postgres_gate.h"
#include "guard/postgres_setting.h"

namespace runbook::guard {

namespace {

constexpr unsigned kMostRows = 100000;
constexpr unsigned kLongestMs = 600000;

std::optional<unsigned> number_in(std::string_view text, unsigned most) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool sound =
      error == std::errc() && end == text.data() + text.size() && number <= most && !text.starts_with('0');
  return sound ? std::optional(number) : std::nullopt;
}

std::optional<ReadLimits> limits_of(const Statement& look_up) {
  if (look_up.params.size() < 3) return std::nullopt;
  const auto statement = number_in(look_up.params[0], kLongestMs);
  const auto lock = number_in(look_up.params[1], kLongestMs);
  if (!statement || !lock) return std::nullopt;
  return ReadLimits{.statement = std::chrono::milliseconds(*statement),
                    .lock = std::chrono::milliseconds(*lock),
                    .search_path = look_up.params[2]};
}

// Made anew from its own statement, it is the same.
bool is_read(std::span<const Statement> batch) {
  if (batch.size() < 5) return false;
  auto limits = limits_of(batch[kLookUpPlace]);
  if (!limits) return false;
  const std::string_view sql = batch[kLookUpPlace + 1].sql;
  if (sql.starts_with(kExplain)) {
    const auto again = explain_batch(sql.substr(kExplain.size()), batch[kLookUpPlace + 1].params, *limits);
    return again && std::equal(again->begin(), again->end(), batch.begin(), batch.end());
  }
  const std::string_view fetch = batch[kReadRows].sql;
  if (!sql.starts_with(kDeclare) || !fetch.starts_with(kFetch) || !fetch.ends_with(kFromCursor)) return false;
  const auto count = fetch.substr(kFetch.size(), fetch.size() - kFetch.size() - kFromCursor.size());
  const auto rows = number_in(count, kMostRows);
  if (!rows) return false;
  limits->rows = *rows;
  const auto again = read_batch(sql.substr(kDeclare.size()), batch[kLookUpPlace + 1].params, *limits);
  return again && std::equal(again->begin(), again->end(), batch.begin(), batch.end());
}

bool is_permitted(const Statement& statement, const Permit* permit) {
  if (statement == Statement{.sql = std::string(kRollback)}) return true;
  if (permit == nullptr) return false;
  if (may_alter_system(statement) && !is_plain_setting(statement)) return false;
  Argv words = {statement.sql};
  words.insert(words.end(), statement.params.begin(), statement.params.end());
  return std::find(permit->sends().begin(), permit->sends().end(), words) != permit->sends().end();
}

}  // namespace

Result<> PostgresGuard::look(std::span<const Statement> batch, const Permit* permit) const {
  if (is_read(batch)) return {};
  for (const auto& statement : batch) {
    if (is_permitted(statement, permit)) continue;
    return Error{.code = Code::kRefused,
                 .message = "the guard let nothing out: \"" + escaped(statement.sql, 60) + "\" is " +
                            (permit == nullptr
                                 ? std::string("no read of PostgreSQL as the gate makes it")
                                 : "neither a read nor what intent " + std::to_string(permit->intent()) + " permits")};
  }
  return {};
}

}  // namespace runbook::guard

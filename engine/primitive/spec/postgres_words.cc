#include "primitive/spec/postgres_words.h"

#include "base/shell.h"
#include "base/sql_text.h"

namespace runbook::primitive {

using safety::Words;

std::vector<Words> transaction_of(std::string sql, const std::vector<std::string>& params, double seconds) {
  Words statement = {std::move(sql)};
  statement.insert(statement.end(), params.begin(), params.end());
  return {Words{"BEGIN TRANSACTION READ WRITE"},
          Words{"SET LOCAL statement_timeout = " + std::to_string(static_cast<int>(seconds * 1000))},
          Words{"SET LOCAL lock_timeout = 5000"},
          std::move(statement),
          Words{"SELECT pg_catalog.pg_current_xact_id()::pg_catalog.text"},
          Words{kCommit}};
}

bool is_committed(const Value& state) { return state["transaction"].text_or("") == "committed"; }

std::vector<std::string> transaction_by_hand(const safety::Change& change) {
  const auto& statement = change.calls.at(kStatementCall);
  std::vector<std::string> params;
  for (std::size_t i = 1; i < statement.size(); ++i) params.emplace_back(statement[i].text_or(""));
  return {"{client} -1 -c " + shell_word(sql_for_psql(statement.front().text_or(""), params))};
}

}  // namespace runbook::primitive

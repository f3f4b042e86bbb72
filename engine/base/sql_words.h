// What a statement in SQL names: the words and the operators of it, as PostgreSQL's own scanner would find them
// (src/backend/parser/scan.l), and nothing else about it. Pure.
//
// It serves to look each word up among the functions of the server. So it must never miss one: what two scanners may
// read differently is refused, whoever means it can write it plainly. Those are names in U&"…", letters outside of
// ASCII in names without quotes (whose case the server's locale decides), names longer than the server keeps, and
// more than one statement.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace runbook {

struct SqlWords {
  std::string first{};               // the first word, in lower case; "(" where it begins with one
  std::string second{};              // what comes next, in the same way
  std::vector<std::string> names{};  // words and names, as the server folds them; sorted, each once
  std::string operators{};           // the runs of operator characters, with blanks between
};

/// The words of one statement, for a server under standard_conforming_strings. kRefused says what and where.
Result<SqlWords> parse_sql_words(std::string_view sql);

}  // namespace runbook

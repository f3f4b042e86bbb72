// SQL and answers of any bytes. A name behind what is taken for a whole statement is found; what the gate makes of it,
// the guard lets pass, and not without its look-up.
#include <algorithm>

#include "base/sql_words.h"
#include "driver.h"
#include "guard/postgres.h"
#include "primitive/read/postgres_value.h"

namespace {

using namespace runbook;

void read_answer(std::string_view input) {
  for (const unsigned type : {16U, 20U, 114U, 701U, 1700U, 1000U, 1007U, 1009U, 1231U, 3807U})
    (void)primitive::postgres_value(type, std::string(input));
}

void run(std::string_view input) {
  read_answer(input);
  const auto words = parse_sql_words(input);
  if (words) {
    for (const auto& name : words->names) {
      if (name.size() > 63) std::abort();
    }
    // A name behind whatever is complete is found, wherever the statement ends.
    const auto more = parse_sql_words(std::string(input) + "\n, forget_me()");
    if (more && std::find(more->names.begin(), more->names.end(), "forget_me") == more->names.end()) std::abort();
  }
  const auto batch = guard::read_batch(input, {std::string(input)}, {});
  if (!batch) return;
  const guard::PostgresGuard guard;
  if (!guard.look(*batch, nullptr)) std::abort();
  auto without = *batch;
  without.erase(without.begin() + 1);
  if (guard.look(without, nullptr)) std::abort();
}

const std::vector<std::string> kCorpus = {
    "select a, \"B\"\"c\", 'it''s', E'\\'', $$x$$, $t$ $$ $t$, 1.5e-3 from t -- c\nwhere x /* /* */ */ = any($1) and y "
    "@> z",
    "with w as (select 1) table w",
    "values (1, 'a'), (2, N'b')",
    "{1,2,NULL,\"a\\\"b\",{3}}",
    "[0:1]={{1,2},{3,4}}",
    "{\"a\": [1, null]}",
    "-12.345e6",
};

}  // namespace

int main(int argc, char** argv) { return fuzz::fuzz_main(argc, argv, kCorpus, run); }

// SQL and answers of any bytes. A name behind what is taken for a whole statement is found; what the gate makes of it,
// the guard lets pass, and not without its look-up. A text that is made a literal is one, for scanner and guard.
#include <algorithm>

#include "base/sql_text.h"
#include "base/sql_words.h"
#include "driver.h"
#include "guard/postgres.h"
#include "guard/postgres_setting.h"
#include "primitive/read/postgres_value.h"
#include "primitive/spec/postgres_setting_value.h"

namespace {

using namespace runbook;

void read_answer(std::string_view input) {
  for (const unsigned type : {16U, 20U, 114U, 701U, 1700U, 1000U, 1007U, 1009U, 1231U, 3807U})
    (void)primitive::postgres_value(type, std::string(input));
}

// What a setting means, means the same again.
void read_setting(std::string_view input) {
  for (const auto* unit : {"", "kB", "8kB", "MB", "ms", "min"}) {
    for (const auto* type : {"integer", "real", "bool"}) {
      const Value rules = Value::Map{{"type", type}, {"unit", unit}, {"min", "-1"}, {"max", "1.79769e+308"}};
      const auto meaning = primitive::meaning_of_setting(input, rules);
      if (!meaning) continue;
      const auto again = primitive::meaning_of_setting(*meaning, rules);
      if (!again || *again != *meaning) std::abort();
      (void)primitive::shown_setting(*meaning, rules);
    }
  }
}

void run(std::string_view input) {
  read_setting(input);
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
  if (const auto literal = sql_literal(input)) {
    const guard::Statement sets{.sql = "ALTER SYSTEM SET work_mem = " + *literal};
    const auto one = parse_sql_words(sets.sql);
    if (!guard::is_plain_setting(sets)) std::abort();
    if (one && one->names != std::vector<std::string>{"alter", "set", "system", "work_mem"}) std::abort();
  }
  const auto batch = guard::read_batch(input, {std::string(input)}, {});
  if (!batch) return;
  const guard::PostgresGuard guard;
  if (!guard.look(*batch, nullptr)) std::abort();
  auto without = *batch;
  without.erase(without.begin() + guard::kLookUpPlace);
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
    "1.5GB",
    "30 min",
    "1e+06",
    "FIRST 1 (\"it's\", b)",
};

}  // namespace

int main(int argc, char** argv) { return fuzz::fuzz_main(argc, argv, kCorpus, run); }

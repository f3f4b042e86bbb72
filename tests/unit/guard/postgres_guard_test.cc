// What may leave for a PostgreSQL: the one form of batch that reads, and what a permit lists.
#include "base/sql_words.h"
#include "catch.h"
#include "guard/postgres.h"
#include "support/permit_of.h"

using namespace runbook;
using guard::Batch;
using guard::PostgresGuard;

namespace {

using Names = std::vector<std::string>;

Batch reading(const std::string& sql) { return guard::read_batch(sql, {}, {}).value(); }

Names names_in(std::string_view sql) { return parse_sql_words(sql).value().names; }

bool is_refused(std::string_view sql) { return !parse_sql_words(sql); }

}  // namespace

TEST_CASE("the words of a statement are found as PostgreSQL finds them") {
  CHECK(names_in("SELECT Forget(a) FROM t") == Names{"a", "forget", "from", "select", "t"});
  CHECK(names_in("select \"Forget\" , \"a\"\"b\"") == Names{"Forget", "a\"b", "select"});
  CHECK(names_in("select 'forget()', $$forget()$$, $x$forget() $$ $x$, E'a\\'forget()'") == Names{"select"});
  CHECK(names_in("select 1 -- forget()\n, 2 /* forget() /* nested */ forget() */") == Names{"select"});
  CHECK(names_in("select '\\', forget(), '\\'") == Names{"forget", "select"});
  CHECK(names_in("select 1.5e-3, 'a' 'b', n'c', x'1f'") == Names{"select"});
  CHECK(names_in("select $1 from x$y") == Names{"from", "select", "x$y"});
  CHECK(parse_sql_words("select a%%%b").value().operators == "%%% ");
  CHECK(parse_sql_words("select 1 +--x\n 2").value().operators == "+ ");
}

TEST_CASE("what two scanners may read differently is refused") {
  CHECK(is_refused("select U&\"\\0066orget\"()"));
  CHECK(is_refused("select u&'a'"));
  CHECK(is_refused("select E'a'\n'\\'' || forget() -- '"));
  CHECK(is_refused("select E'a' -- why\n '\\'' || forget() -- '"));
  CHECK(
      is_refused("select gr\xc3\xb6\xc3\x9f"
                 "e from t"));
  CHECK(is_refused("select " + std::string(64, 'f') + "()"));
  CHECK(is_refused("select 1; delete from t"));
  CHECK(is_refused("select 'a"));
  CHECK(is_refused("select /* a"));
  CHECK(is_refused("select $$ a"));
  CHECK(is_refused("select \"a"));
  CHECK(is_refused("select 1a"));
  CHECK(is_refused(std::string("select 1\0", 9)));
  CHECK(is_refused("select \\g"));
}

TEST_CASE("only a query can be read, and none that runs SQL from a text") {
  for (const auto* sql :
       {"select 1", "SELECT 1", "with a as (select 1) table a", "values (1)", "(select 1)", "/* why */ table t"})
    CHECK(guard::read_batch(sql, {}, {}));
  for (const auto* sql :
       {"", "delete from t", "begin", "set x = 1", "copy t to stdout", "'select 1'", "analyze select 1", "1"})
    CHECK_FALSE(guard::read_batch(sql, {}, {}));
  CHECK_FALSE(guard::read_batch("select * from crosstab('select forget()')", {}, {}));
  CHECK_FALSE(guard::explain_batch("analyze select 1", {}, {}));
  CHECK_FALSE(guard::read_batch("select pg_current_xact_id()", {}, {}));
}

TEST_CASE("a batch as the gate makes it passes, and none from which anything is taken away") {
  const PostgresGuard guard;
  const auto batch = reading("select * from t where forget = 1");
  REQUIRE(guard.look(batch, nullptr));
  REQUIRE(guard.look(guard::explain_batch("select 1", {"a"}, {}).value(), nullptr));
  for (std::size_t i = 0; i < batch.size(); ++i) {
    auto without = batch;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    CHECK_FALSE(guard.look(without, nullptr));
    auto twice = batch;
    twice.insert(twice.begin() + static_cast<std::ptrdiff_t>(i), twice[i]);
    CHECK_FALSE(guard.look(twice, nullptr));
    auto other = batch;
    other[i].sql += " ";
    if (i != 3) CHECK_FALSE(guard.look(other, nullptr));
    for (std::size_t p = 0; p < batch[i].params.size(); ++p) {
      auto changed = batch;
      changed[i].params[p] = "x";
      if (p != 2) CHECK_FALSE(guard.look(changed, nullptr));  // the search path may be any
    }
  }
  auto swapped = batch;
  swapped[3].sql = "DECLARE runbook_read NO SCROLL CURSOR FOR select forget()";
  CHECK_FALSE(guard.look(swapped, nullptr));
  auto written = batch;
  written[3].sql = "DELETE FROM t";
  CHECK_FALSE(guard.look(written, nullptr));
  CHECK_FALSE(guard.look(Batch{{.sql = "SELECT 1"}}, nullptr));
}

TEST_CASE("with a permit its statements pass, with their parameters and no others") {
  const PostgresGuard guard;
  const auto permit = test::permit_of({{"BEGIN TRANSACTION READ WRITE"}, {"UPDATE t SET a = $1", "x"}, {"COMMIT"}});
  CHECK(guard.look(Batch{{.sql = "BEGIN TRANSACTION READ WRITE"}, {.sql = "UPDATE t SET a = $1", .params = {"x"}}},
                   &permit));
  CHECK_FALSE(guard.look(Batch{{.sql = "UPDATE t SET a = $1", .params = {"y"}}}, &permit));
  CHECK_FALSE(guard.look(Batch{{.sql = "UPDATE t SET a = $1"}}, &permit));
  CHECK_FALSE(guard.look(Batch{{.sql = "COMMIT"}}, nullptr));
  CHECK(guard.look(Batch{{.sql = "ROLLBACK"}}, nullptr));
}

TEST_CASE("of ALTER SYSTEM only its plain form passes, also with a permit that lists another") {
  const PostgresGuard guard;
  const auto passes = [&guard](const std::string& sql, const std::vector<std::string>& params) {
    guard::Argv words = {sql};
    words.insert(words.end(), params.begin(), params.end());
    const auto permit = test::permit_of({words});
    return guard.look(Batch{{.sql = sql, .params = params}}, &permit).has_value();
  };
  CHECK(passes("ALTER SYSTEM SET work_mem = '64MB'", {}));
  CHECK(passes("ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (\"it''s\", b)'", {}));
  CHECK(passes("ALTER SYSTEM SET synchronous_standby_names = ''", {}));
  CHECK(passes("ALTER SYSTEM RESET work_mem", {}));
  CHECK(passes("ALTER TABLE system ADD COLUMN a int", {}));
  for (const auto* sql : {"ALTER SYSTEM RESET ALL",
                          "ALTER SYSTEM RESET all",
                          "ALTER SYSTEM SET port = '5433'",
                          "ALTER SYSTEM SET jit_provider = 'evil'",
                          "ALTER SYSTEM SET ignore_invalid_pages = 'on'",
                          "ALTER SYSTEM SET data_sync_retry = 'on'",
                          "ALTER SYSTEM SET work_mem = 64",
                          "ALTER SYSTEM SET work_mem TO '64MB'",
                          "alter system set work_mem = '64MB'",
                          "ALTER /* x */ SYSTEM SET work_mem = '64MB'",
                          "ALTER SYSTEM SET work_mem = '64MB', '1'",
                          "ALTER SYSTEM SET work_mem = '64\\MB'",
                          "ALTER SYSTEM SET work_mem = E'64MB'",
                          "ALTER SYSTEM SET work_mem = '64\nMB'",
                          "ALTER SYSTEM SET \"work_mem\" = '64MB'",
                          "ALTER SYSTEM SET a.b = 'x'",
                          "ALTER SYSTEM SET  = 'x'",
                          "ALTER SYSTEM SET work_mem = '\''",
                          "ALTER SYSTEM SET work_mem = '",
                          "ALTER SYSTEM SET work_mem = ",
                          "ALTER SYSTEM SET archive_command = 'true'",
                          "ALTER SYSTEM SET restore_command = 'true'",
                          "ALTER SYSTEM RESET archive_command",
                          "ALTER SYSTEM SET shared_preload_libraries = 'x'",
                          "ALTER SYSTEM SET archive_library = 'x'",
                          "ALTER SYSTEM SET hba_file = '/x'",
                          "ALTER SYSTEM SET data_directory = '/x'",
                          "ALTER SYSTEM SET listen_addresses = '*'",
                          "ALTER SYSTEM SET ssl = 'off'",
                          "ALTER SYSTEM SET fsync = 'off'",
                          "ALTER SYSTEM SET full_page_writes = 'off'",
                          "ALTER SYSTEM SET dynamic_library_path = '/x'",
                          "ALTER SYSTEM SET primary_conninfo = 'x'"}) {
    CAPTURE(sql);
    CHECK_FALSE(passes(sql, {}));
  }
  CHECK_FALSE(passes("ALTER SYSTEM SET work_mem = '64MB'", {"x"}));
  CHECK_FALSE(guard.look(Batch{{.sql = "ALTER SYSTEM SET work_mem = '64MB'"}}, nullptr));
}

TEST_CASE("the function that the gate found is told from its error") {
  CHECK(guard::refused_function("invalid input syntax for type integer: \"runbook found public.forget()\"") ==
        "public.forget()");
  CHECK(guard::refused_function("division by zero").empty());
}

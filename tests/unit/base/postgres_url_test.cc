// Where a PostgreSQL is, and names and texts within SQL that we write.
#include "base/postgres_url.h"

#include "base/sql_text.h"
#include "catch.h"

using namespace runbook;

TEST_CASE("a URL names a host or the folder of a socket, a role and a database") {
  const auto tcp = parse_postgres_url("postgresql://reader@db-1:5433/shop").value();
  CHECK(tcp.user == "reader");
  CHECK(tcp.host == "db-1");
  CHECK(tcp.port == 5433);
  CHECK(tcp.database == "shop");
  CHECK(parse_postgres_url("postgres://[::1]/shop").value().host == "::1");
  CHECK(parse_postgres_url("postgres://db/shop").value().port == 5432);
  const auto socket = parse_postgres_url("postgresql:///shop?host=/run/postgresql&port=5433").value();
  CHECK(socket.folder == "/run/postgresql");
  CHECK(socket.port == 5433);
  CHECK(parse_postgres_url("postgresql://reader@/shop?host=/run/postgresql").value().user == "reader");
}

TEST_CASE("a URL that is none, or says what the inventory should, is refused") {
  for (const auto* url : {"", "db-1", "http://db/shop", "postgresql://db", "postgresql://db/", "postgresql:///shop",
                          "postgresql://db:0/shop", "postgresql://db:x/shop", "postgresql://db:70000/shop",
                          "postgresql://db/shop?sslmode=disable", "postgresql://db/shop?host=/run",
                          "postgresql://d b/shop", "postgresql://db/a'b", "postgresql://a b@db/shop"})
    CHECK_FALSE(parse_postgres_url(url));
  const auto error = parse_postgres_url("postgresql://reader:geheim@db/shop").error();
  CHECK(error.message.find("geheim") == std::string::npos);
  CHECK(error.message.find("password") != std::string::npos);
}

TEST_CASE("names within SQL are quoted, and what is no plain name is refused") {
  CHECK(sql_name("orders").value() == "\"orders\"");
  CHECK(sql_name("public.Orders_2").value() == "\"public\".\"Orders_2\"");
  for (const auto* name : {"", "a b", "a\"b", ".a", "a.", "1a", "a;b",
                           "gr\xc3\xb6\xc3\x9f"
                           "e"})
    CHECK_FALSE(sql_name(name));
  CHECK_FALSE(sql_name(std::string(64, 'a')));
}

TEST_CASE("a value within SQL is a literal that means the same to every server, or refused") {
  CHECK(sql_literal("it's").value() == "'it''s'");
  CHECK(sql_literal("").value() == "''");
  CHECK(sql_literal("gr\xc3\xb6\xc3\x9f"
                    "e")
            .value() ==
        "'gr\xc3\xb6\xc3\x9f"
        "e'");
  for (const auto* text : {"a\\b", "a\nb", "a\x7f", "\xff"}) CHECK_FALSE(sql_literal(text));
}

TEST_CASE("psql is given the values of a statement as quoted texts") {
  CHECK(sql_for_psql("SELECT $1", {"it's"}) == "PREPARE by_hand AS SELECT $1; EXECUTE by_hand('it''s')");
  CHECK(sql_for_psql("SELECT 1", {}) == "SELECT 1");
}

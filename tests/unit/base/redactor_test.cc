#include "base/redaction/redactor.h"

#include "base/json.h"
#include "catch.h"

using namespace runbook;

namespace {

const SecretNet& net() {
  static const SecretNet one(std::vector<Secret>{{.name = "REDIS", .value = "correct-horse"}});
  return one;
}

// The text as it comes out, with each number of a mark as 1.
std::string cleaned(std::string_view text) {
  Redactor redactor(net());
  std::string out(redactor.clean(Value(text), Value()).text_or(""));
  for (char number = '2'; number <= '9'; ++number) {
    const std::string mark = std::string("redacted:") + number;
    for (auto at = out.find(mark); at != std::string::npos; at = out.find(mark)) out[at + mark.size() - 1] = '1';
  }
  return out;
}

std::string cleaned_json(const Value& value) {
  Redactor redactor(net());
  return to_json(redactor.clean(value, Value()));
}

}  // namespace

TEST_CASE("what is secret by where it stands is hidden, and what it is called stays") {
  const std::pair<const char*, const char*> texts[] = {
      {"DB_PASSWORD=hunter22", "DB_PASSWORD=‹redacted:1›"},
      {"DB_PASSWORD=a b;c,d&e", "DB_PASSWORD=‹redacted:1›"},
      {"AWS_SECRET_ACCESS_KEY=abc/def+ghi", "AWS_SECRET_ACCESS_KEY=‹redacted:1›"},
      {"host=db user=app password=s3cret dbname=x", "host=db user=app password=‹redacted:1› dbname=x"},
      {"password = 's3 cret' port=1", "password = '‹redacted:1›' port=1"},
      {"Server=db;User Id=app;Password=s3cret;Encrypt=True",
       "Server=db;User Id=app;Password=‹redacted:1›;Encrypt=True"},
      {"AccountName=x;AccountKey=abc123==;EndpointSuffix=y", "AccountName=x;AccountKey=‹redacted:1›;EndpointSuffix=y"},
      {R"({"user":"app","password":"a\"b","port":1})", R"({"user":"app","password":"‹redacted:1›","port":1})"},
      {R"(said {\"api_key\": \"abc\", \"n\": 1})", R"(said {\"api_key\": \"‹redacted:1›\", \"n\": 1})"},
      {"client_secret: abc\nname: x", "client_secret: ‹redacted:1›\nname: x"},
      {"GET /cb?token=abc&user=4 HTTP/1.1", "GET /cb?token=‹redacted:1›&user=4 HTTP/1.1"},
      {"redis://:pa%2Fss@cache:6379/0", "redis://:‹redacted:1›@cache:6379/0"},
      {"DATABASE_URL=postgres://app:s3cret@db:5432/x?sslmode=require",
       "DATABASE_URL=postgres://app:‹redacted:1›@db:5432/x?sslmode=require"},
      {"amqp://u:a/b@c@h/v", "amqp://u:‹redacted:1›@h/v"},
      {"postgres://app:s3cr", "postgres://app:‹redacted:1›"},
      {"Authorization: Bearer abc.def", "Authorization: Bearer ‹redacted:1›"},
      {"authorization: Basic dTpw\r\nHost: x", "authorization: Basic ‹redacted:1›\r\nHost: x"},
      {"X-Vault-Token: s.abc", "X-Vault-Token: ‹redacted:1›"},
      {"X-Api-Key: a b", "X-Api-Key: ‹redacted:1›"},
      {"Cookie: sid=abc; theme=dark", "Cookie: sid=‹redacted:1›; theme=‹redacted:1›"},
      {"Set-Cookie: sid=abc; Path=/; HttpOnly", "Set-Cookie: sid=‹redacted:1›; Path=/; HttpOnly"},
      {"a -----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY----- b",
       "a -----BEGIN RSA PRIVATE KEY-----‹redacted:1›-----END RSA PRIVATE KEY----- b"},
      {"-----BEGIN PRIVATE KEY-----\nMIIE, cut", "-----BEGIN PRIVATE KEY-----‹redacted:1›"},
      {"key AKIAIOSFODNN7EXAMPLE used", "key ‹redacted:1› used"},
      {"ghp_0123456789abcdefghijABCDEFGHIJ012345", "‹redacted:1›"},
      {"(xoxb-123456789012-abcdef)", "(‹redacted:1›)"},
      {"jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln end", "jwt ‹redacted:1› end"},
      {"REDISCLI_AUTH=hunter22", "REDISCLI_AUTH=‹redacted:1›"},
      {"PGPASSWORD='hunter22' psql", "PGPASSWORD=‹redacted:1›"},
      {"password=correct-horse x", "password=‹secret:REDIS› x"},
      {"ALTER ROLE app PASSWORD 'it''s s3cret' VALID UNTIL 'x'",
       "ALTER ROLE app PASSWORD '‹redacted:1›' VALID UNTIL 'x'"},
      {"create user x with encrypted password E'a\\'b c' login",
       "create user x with encrypted password E'‹redacted:1›' login"},
      {"alter role x password $t$a'b$t$;", "alter role x password $t$‹redacted:1›$t$;"},
      {"ALTER USER x PASSWORD 'cut off", "ALTER USER x PASSWORD '‹redacted:1›"},
      {"CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'b', password 's3cret')",
       "CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'b', password '‹redacted:1›')"},
      {"primary_conninfo = 'user=repl password=s3cret host=db1 port=5432'",
       "primary_conninfo = 'user=repl password=‹redacted:1› host=db1 port=5432'"},
      {"primary_conninfo = 'user=repl password=''a b'' host=db1'",
       "primary_conninfo = 'user=repl password=''‹redacted:1›'' host=db1'"},
      {"CREATE SUBSCRIPTION s CONNECTION 'host=db password=s3cret' PUBLICATION p",
       "CREATE SUBSCRIPTION s CONNECTION 'host=db password=‹redacted:1›' PUBLICATION p"},
      {"postgresql://app@db/x?sslpassword=s3cret&password=other",
       "postgresql://app@db/x?sslpassword=‹redacted:1›&password=‹redacted:1›"},
      {"jdbc:postgresql://db/x?user=a&password=s3cret", "jdbc:postgresql://db/x?user=a&password=‹redacted:1›"},
      {"rolpassword | SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0$c3RvcmVkc3RvcmVk=:c2VydmVyc2VydmVy= |",
       "rolpassword | ‹redacted:1› |"},
      {"CONFIG SET requirepass hunter22", "CONFIG SET requirepass ‹redacted:1›"},
      {R"("config" "set" "masterauth" "hunter 22")", R"("config" "set" "masterauth" "‹redacted:1›")"},
      {"port 6379\nrequirepass hunter22\nmaxmemory 1gb", "port 6379\nrequirepass ‹redacted:1›\nmaxmemory 1gb"},
      {"redis-server --requirepass hunter22", "redis-server --requirepass ‹redacted:1›"},
      {"redis-cli -h cache -a hunter22 ping", "redis-cli -h cache -a ‹redacted:1› ping"},
      {R"({"auths":{"r.lxd":{"auth":"dTpwYXNzd29yZA=="}}})", R"({"auths":{"r.lxd":{"auth":"‹redacted:1›"}}})"},
      {R"("identitytoken": "abc.def")", R"("identitytoken": "‹redacted:1›")"},
      {"X-Registry-Auth: eyJ1c2VybmFtZSI6In", "X-Registry-Auth: ‹redacted:1›"},
      {"    environment:\n      - DB_PASSWORD=s3cret\n      MY_TOKEN: 's3 cret'",
       "    environment:\n      - DB_PASSWORD=‹redacted:1›\n      MY_TOKEN: '‹redacted:1›'"},
      {"redis://:correct-horse@h", "redis://:‹secret:REDIS›@h"},
  };
  for (const auto& [text, wanted] : texts) CHECK(cleaned(text) == wanted);
}

TEST_CASE("a setting in a table of PostgreSQL's, and the answer of Redis, are hidden by their names") {
  CHECK(cleaned_json(Value::Map{{"name", "ldap_password"}, {"setting", "hunter22"}}) ==
        R"({"name":"ldap_password","setting":"‹redacted:1›"})");
  CHECK(cleaned_json(Value::Map{{"name", "primary_conninfo"}, {"setting", "user=a password=hunter22"}}) ==
        R"({"name":"primary_conninfo","setting":"user=a password=‹redacted:1›"})");
  CHECK(cleaned_json(Value::List{"masterauth", "hunter22", "requirepass", "hunter23"}) ==
        R"(["masterauth","‹redacted:1›","requirepass","‹redacted:2›"])");
}

TEST_CASE("what on-call people read stays as it is") {
  for (const char* text : {
           "WRONGPASS invalid username-password pair or user is disabled.",
           "NOAUTH Authentication required.",
           "FATAL: password authentication failed for user \"app\"",
           "maxmemory:104857600\r\nmaxmemory_policy:noeviction\r\nacl_access_denied_auth:123456\r\n",
           "id=5 addr=127.0.0.1:5 name=api age=3 idle=0 flags=N db=0 cmd=client|list user=default redir=-1",
           "password_encryption=scram-sha-256",
           "PASSWORD_FILE=/run/secrets/x",
           "token_type: bearer",
           "max_tokens=4096",
           "password=",
           "password: null",
           "requirepass \"\"",
           "auth=none",
           "cache_key=feed:4711",
           "primary_key: id",
           "PWD=/app",
           "if token == nil then",
           "POSTGRES_PASSWORD=${DB_PASSWORD}",
           "password=********",
           "http://api:8080/health",
           "redis://cache:6379/0",
           "https://git@github.com/x",
           "http://[::1]:6379/",
           "unix:///run/x.sock",
           "ssh://git@host:22/a@b",
           "2026-11-20T23:31:07Z level=info msg=\"listening\" addr=:8080",
           "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
           "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
           "eyJ is how they begin",
           "AKIA",
           "SELECT * FROM secrets WHERE id = 4",
           "ALTER ROLE app PASSWORD NULL",
           "the password is wrong, and requirepass is set; masterauth differs",
           "CONFIG GET requirepass",
           "requirepass and masterauth differ",
           "Password for user app:",
           "SELECT count(*) FROM t WHERE password IS NOT NULL AND name = 'x'",
           "    secrets:\n      - db_password\n    image: r.lxd/api:1",
           "ls -a x",
           "sha256:3f786850e387550fdab836ed7e6dc881de23001b",
           "the password: {",
           "‹redacted:1›",
           "password=‹secret:DB›",
           "",
           "=",
           ":",
           "://",
           "a:",
           "token=",
       }) {
    CHECK(cleaned(text) == text);
  }
}

TEST_CASE("a table's members are hidden by their names, and numbers stay what they are") {
  CHECK(cleaned_json(
            Value::Map{{"password", "hunter22"}, {"port", 6379}, {"maxmemory", 104857600}, {"token", 123456789}}) ==
        R"({"maxmemory":104857600,"password":"‹redacted:1›","port":6379,"token":123456789})");
  CHECK(cleaned_json(Value::Map{{"name", "DB_PASSWORD"}, {"value", "hunter22"}}) ==
        R"({"name":"DB_PASSWORD","value":"‹redacted:1›"})");
  CHECK(cleaned_json(Value::Map{{"set-cookie", Value::List{"a=b; Path=/", "c=d"}}}) ==
        R"({"set-cookie":["‹redacted:1›","‹redacted:2›"]})");
  CHECK(cleaned_json(Value::List{"maxmemory", "100", "requirepass", "hunter22", "masterauth", ""}) ==
        R"(["maxmemory","100","requirepass","‹redacted:1›","masterauth",""])");
  CHECK(cleaned_json(Value::Map{{"Env", Value::List{"PATH=/bin", "API_TOKEN=a b", "FLAG=on"}}}) ==
        R"({"Env":["PATH=/bin","API_TOKEN=‹redacted:1›","FLAG=on"]})");
  CHECK(cleaned_json(Value::Map{{"correct-horse", "x"}}) == R"({"‹secret:REDIS›":"x"})");
}

TEST_CASE("a private key that a log tells line by line is hidden up to its end") {
  CHECK(cleaned_json(Value::List{"start", "-----BEGIN EC PRIVATE KEY-----", "MHcCAQEE", "-----END EC PRIVATE KEY-----",
                                 "go on"}) ==
        R"(["start","-----BEGIN EC PRIVATE KEY-----","‹redacted:1›","-----END EC PRIVATE KEY-----","go on"])");
}

TEST_CASE("the answer to a question for a secret is one, and equal numbers are equal secrets") {
  Redactor redactor(net());
  const auto setting = [&](const char* key, const char* value) {
    return std::string(redactor.clean(Value(value), Value(Value::Map{{"key", key}})).text_or(""));
  };
  CHECK(setting("requirepass", "correct-horse") == "‹secret:REDIS›");
  const auto one = setting("requirepass", "hunter22");
  CHECK(one == "‹redacted:1›");
  CHECK(setting("masterauth", "other-one") == "‹redacted:2›");
  CHECK(setting("masterauth", "hunter22") == one);
  CHECK(redactor.clean(Value("password=hunter22 x"), Value()) == Value("password=" + one + " x"));
  CHECK(setting("requirepass", "").empty());
  CHECK(setting("maxmemory-policy", "noeviction") == "noeviction");
}

TEST_CASE("of an error what the target said is cleaned, and our own advice is not") {
  Redactor redactor(net());
  const auto error = redactor.clean(Error{.code = Code::kRemote,
                                          .message = "ERR password=hunter22 and correct-horse",
                                          .where = "cache-1",
                                          .next = "give it as password = { secret = \"NAME\" }"});
  CHECK(error.message == "ERR password=‹redacted:1› and ‹secret:REDIS›");
  CHECK(error.next == "give it as password = { secret = \"NAME\" }");
}

TEST_CASE("the word behind an option that names a secret is hidden") {
  CHECK(cleaned("redis-server --requirepass hunter22 --port 6379") ==
        "redis-server --requirepass ‹redacted:1› --port 6379");
  CHECK(cleaned("app --token abcdef -v --password -x") == "app --token ‹redacted:1› -v --password -x");
  CHECK(cleaned_json(Value::List{"redis-server", "--requirepass", "hunter22"}) ==
        R"(["redis-server","--requirepass","‹redacted:1›"])");
}

TEST_CASE("what a reader says must be hidden is hidden whatever it is, and can still be compared") {
  Redactor redactor(net());
  const auto seen = redactor.clean(Value::Map{{"A", hidden_whole("true")},
                                              {"B", hidden_whole("true")},
                                              {"C", hidden_whole("1")},
                                              {"D", hidden_whole("")},
                                              {"E", hidden_whole("correct-horse")},
                                              {"F", hidden_whole("redis://:correct-horse@cache")}},
                                   Value());
  CHECK(seen["A"] == seen["B"]);
  CHECK(seen["A"] != seen["C"]);
  CHECK(seen["D"] == Value(""));
  CHECK(seen["E"] == Value("‹secret:REDIS›"));
  CHECK(to_json(seen["F"]).find("cache") == std::string::npos);
  CHECK(redactor.clean(hidden_whole("true"), Value()) == seen["A"]);
}

TEST_CASE("a secret of an environment and the same one in a setting have the same mark") {
  Redactor redactor(net());
  const auto setting = redactor.clean(Value("hunter22"), Value::Map{{"key", "requirepass"}});
  CHECK(redactor.clean(hidden_whole("hunter22"), Value()) == setting);
}

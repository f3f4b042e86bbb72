#include <cstdlib>
#include <string>
#include <vector>

#include "base/text.h"
#include "net/dial.h"
#include "net/postgres_wire.h"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX asks for it

namespace runbook::net {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr const char* kSystemAuthorities = "/etc/ssl/certs/ca-certificates.crt";
// libpq takes an option that is empty for one that was not given, and looks into the user's home.
constexpr const char* kNoFile = "/nonexistent/runbook";

using Words = std::vector<std::pair<const char*, std::string>>;

Words connection_words(const PostgresOptions& options, const std::string& address) {
  const auto& url = options.address;
  const bool socket = !url.folder.empty();
  const bool tls = !socket && options.verified;
  Words words = {{"host", socket ? url.folder : url.host},
                 {"port", std::to_string(url.port)},
                 {"dbname", url.database},
                 {"user", url.user},
                 {"passfile", options.pass_file.empty() ? kNoFile : options.pass_file},
                 {"application_name", "runbook"},
                 {"client_encoding", "UTF8"},
                 {"sslmode", tls ? "verify-full" : "disable"},
                 {"sslrootcert", options.ca_file.empty() ? kSystemAuthorities : options.ca_file},
                 {"sslcert", options.cert_file.empty() ? kNoFile : options.cert_file},
                 {"sslkey", options.key_file.empty() ? kNoFile : options.key_file},
                 {"sslcrl", kNoFile},
                 {"gssencmode", "disable"}};
  if (!address.empty()) words.emplace_back("hostaddr", address);
  if (options.password) words.emplace_back("password", *options.password);
  return words;
}

PostgresHandle start(const Words& words) {
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : words) {
    names.push_back(name);
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  return PostgresHandle(PQconnectStartParams(names.data(), values.data(), 0));
}

// `connection to server at "…", port … failed: FATAL:  28P01: password authentication failed …`, then more lines. A
// server's own word has its SQLSTATE behind two blanks.
Error login_error(PGconn* session, const std::string& place) {
  const std::string_view all = PQerrorMessage(session);
  auto line = all.substr(0, all.find('\n'));
  if (const auto failed = line.find(" failed: "); failed != std::string_view::npos) line = line.substr(failed + 9);
  const auto blanks = line.find(":  ");
  const auto said = blanks == std::string_view::npos ? std::string_view() : line.substr(blanks + 3);
  if (said.size() > 7 && said[5] == ':' && said[6] == ' ') {
    return {.code = code_of_sqlstate(said.substr(0, 5)),
            .message = place + " refuses the login: " + escaped(said.substr(7), 300) + " (SQLSTATE " +
                       escaped(said.substr(0, 5), 5) + ")"};
  }
  const bool password = PQconnectionNeedsPassword(session) != 0;
  Error error{.code = password ? Code::kAuth : Code::kUnreachable,
              .message = "no connection to " + place + ": " + escaped(trim(line), 300)};
  if (password) error.next = "give the target a password = { secret = \"NAME\" } or a pass_file";
  if (line.find("server does not support SSL") != std::string_view::npos)
    error.next = "the server speaks no TLS: where its network is trusted, say tls = \"off\" in the inventory";
  if (line.find("certificate") != std::string_view::npos)
    error.next = "pin its authority with ca_file, and name it as its certificate does";
  return error;
}

// Whatever the server tells by the way is not for standard error.
void ignore_notice(void* /*unused*/, const PGresult* /*notice*/) {}

Task<Result<PostgresHandle>> log_in_at(Loop loop, const PostgresOptions& options, const std::string& address,
                                       const std::string& place, TimePoint until) {
  auto session = start(connection_words(options, address));
  if (!session) co_return Error{Code::kInternal, "no memory for a connection"};
  PQsetNoticeReceiver(session.get(), ignore_notice, nullptr);
  PQsetErrorVerbosity(session.get(), PQERRORS_VERBOSE);
  auto next = PQstatus(session.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (next != PGRES_POLLING_OK && next != PGRES_POLLING_FAILED) {
    const auto ready = co_await socket_ready(loop, PQsocket(session.get()), next == PGRES_POLLING_WRITING, until);
    if (!ready && ready.error().code == Code::kTimeout)
      co_return Error{Code::kTimeout, "no login at " + place + " within " + duration_text(options.connect_limit)};
    if (!ready) co_return ready.error();
    next = PQconnectPoll(session.get());
  }
  if (next == PGRES_POLLING_FAILED) co_return login_error(session.get(), place);
  const bool prepared = PQsetnonblocking(session.get(), 1) == 0 && PQenterPipelineMode(session.get()) == 1;
  if (!prepared) co_return login_error(session.get(), place);
  co_return session;
}

}  // namespace

void forget_postgres_environment() {
  std::vector<std::string> names;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (text.starts_with("PG")) names.emplace_back(text.substr(0, text.find('=')));
  }
  for (const auto& name : names) unsetenv(name.c_str());
}

Task<Result<PostgresHandle>> log_in_to_postgres(Loop loop, PostgresOptions options) {
  const auto& url = options.address;
  const auto until = steady_clock::now() + options.connect_limit;
  if (!url.folder.empty()) {
    const auto place = "unix:" + escaped(url.folder) + "/.s.PGSQL." + std::to_string(url.port);
    co_return co_await log_in_at(loop, options, {}, place, until);
  }
  RUNBOOK_CO_TRY(addresses, co_await look_up(loop, url.host, options.connect_limit));
  auto outcome = Result<PostgresHandle>(Error{Code::kUnreachable, escaped(url.host, 80) + " has no address"});
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const Endpoint endpoint{.host = addresses[i], .port = url.port};
    const auto share = (until - steady_clock::now()) / static_cast<int>(addresses.size() - i);
    outcome = co_await log_in_at(loop, options, addresses[i], endpoint.text(), steady_clock::now() + share);
    if (outcome || outcome.error().code == Code::kCancelled) break;
    const bool unheard = outcome.error().code == Code::kUnreachable || outcome.error().code == Code::kTimeout;
    if (!unheard) break;
  }
  co_return outcome;
}

}  // namespace runbook::net

#include "base/postgres_url.h"

#include <charconv>

#include "base/text.h"

namespace runbook {

namespace {

Error bad(std::string what, std::string next = {}) {
  if (next.empty()) next = "for example postgresql://reader@db-1:5432/shop or postgresql:///shop?host=/run/postgresql";
  return {.code = Code::kConfig, .message = std::move(what), .next = std::move(next)};
}

bool is_plain(std::string_view text) {
  return !text.empty() && escaped(text) == text &&
         text.find_first_of(" \t/\\'\"@?#%$`;&|<>()=,") == std::string_view::npos;
}

Result<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0)
    return bad("\"" + escaped(text, 40) + "\" is no port");
  return port;
}

Result<void> take_options(std::string_view options, PostgresUrl& url) {
  while (!options.empty()) {
    const auto end = options.find('&');
    const auto option = options.substr(0, end);
    options = end == std::string_view::npos ? std::string_view() : options.substr(end + 1);
    const auto value = option.substr(std::min(option.find('=') + 1, option.size()));
    if (option.starts_with("host=/")) {
      url.folder = value;
    } else if (option.starts_with("port=")) {
      RUNBOOK_TRY(port, parse_port(value));
      url.port = port;
    } else {
      return bad(
          "a PostgreSQL URL takes no option " + escaped(option.substr(0, option.find('=')), 40),
          "host=/folder/of/the/socket and port= are the ones it takes; whether TLS is verified is the target's: tls");
    }
  }
  if (!url.folder.empty() && url.folder.size() > 80) return bad("the folder of a socket has at most 80 bytes");
  return {};
}

Result<void> take_host(std::string_view place, PostgresUrl& url) {
  const auto bracket = place.starts_with('[') ? place.find(']') : std::string_view::npos;
  const auto colon = place.find(':', bracket == std::string_view::npos ? 0 : bracket);
  url.host = bracket == std::string_view::npos ? place.substr(0, colon) : place.substr(1, bracket - 1);
  if (!is_plain(url.host)) return bad("\"" + escaped(place, 80) + "\" names no host");
  if (colon == std::string_view::npos) return {};
  RUNBOOK_TRY(port, parse_port(place.substr(colon + 1)));
  url.port = port;
  return {};
}

}  // namespace

Result<PostgresUrl> parse_postgres_url(std::string_view text) {
  const auto scheme = text.find("://");
  const auto word = text.substr(0, scheme == std::string_view::npos ? 0 : scheme);
  if (word != "postgresql" && word != "postgres") return bad("a PostgreSQL URL begins with postgresql://");
  auto rest = text.substr(scheme + 3);
  PostgresUrl url;
  const auto question = rest.find('?');
  const auto options = question == std::string_view::npos ? std::string_view() : rest.substr(question + 1);
  rest = rest.substr(0, question);
  const auto slash = rest.find('/');
  auto place = rest.substr(0, slash);
  if (const auto at = place.rfind('@'); at != std::string_view::npos) {
    const auto user = place.substr(0, at);
    if (user.find(':') != std::string_view::npos) {
      return bad("the URL carries a password",
                 "give it as password = { secret = \"NAME\" } and list NAME in [secrets]");
    }
    if (!is_plain(user)) return bad("\"" + escaped(user, 60) + "\" is no name of a role");
    url.user = user;
    place.remove_prefix(at + 1);
  }
  url.database = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  if (!is_plain(url.database)) return bad("a PostgreSQL URL ends with the name of a database");
  RUNBOOK_CHECK(take_options(options, url));
  if (place.empty() == url.folder.empty())
    return bad(place.empty() ? "a PostgreSQL URL names a host, or the folder of a socket"
                             : "a PostgreSQL URL names a host or the folder of a socket, not both");
  if (!place.empty()) RUNBOOK_CHECK(take_host(place, url));
  return url;
}

}  // namespace runbook

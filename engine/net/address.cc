#include "net/address.h"

#include <charconv>
#include <optional>

#include "base/postgres_url.h"
#include "base/text.h"
#include "base/url.h"

namespace runbook::net {

namespace {

constexpr std::uint16_t kRedisPort = 6379;
constexpr std::size_t kLongestSocketPath = 107;  // sun_path of Linux, without its final NUL

Error bad(std::string what) { return {Code::kConfig, std::move(what)}; }

std::optional<unsigned> parse_number(std::string_view text, unsigned most) {
  unsigned number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size() || number > most) return std::nullopt;
  return number;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out += text[at];
      continue;
    }
    unsigned char byte = 0;
    const auto digits = text.substr(at + 1, 2);
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (digits.size() != 2 || error != std::errc() || rest != digits.data() + 2 || byte == 0) return std::nullopt;
    out += static_cast<char>(byte);
    at += 2;
  }
  return out;
}

Result<int> parse_database(std::string_view text) {
  const auto number = parse_number(text, 1'000'000);
  if (!number) return bad("\"" + escaped(text, 40) + "\" is no database number");
  return static_cast<int>(*number);
}

// host, host:port, [v6] or [v6]:port; the port of the fallback when none is given.
Result<Endpoint> parse_authority(std::string_view text, std::uint16_t fallback) {
  std::string_view host = text;
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return bad("\"" + escaped(text, 80) + "\" lacks a ]");
    host = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    port = text.substr(colon);
  }
  if (host.empty()) return bad("\"" + escaped(text, 80) + "\" names no host");
  if (host.find_first_of(" \t\r\n/?#@\\") != std::string_view::npos || host.find('\0') != std::string_view::npos) {
    return bad("\"" + escaped(host, 80) + "\" is no host name");
  }
  Endpoint endpoint{.host = std::string(host), .port = fallback};
  if (port.empty() && fallback != 0) return endpoint;
  const auto number = port.starts_with(':') ? parse_number(port.substr(1), 65535) : std::nullopt;
  if (!number || *number == 0) return bad("\"" + escaped(text, 80) + "\" has no valid port");
  endpoint.port = static_cast<std::uint16_t>(*number);
  return endpoint;
}

Result<RedisAddress> parse_unix(std::string_view rest) {
  RedisAddress address;
  const auto question = rest.find('?');
  if (question != std::string_view::npos) {
    const auto option = rest.substr(question + 1);
    if (!option.starts_with("db="))
      return bad("unix:// URLs know only the option db, not \"" + escaped(option, 40) + "\"");
    RUNBOOK_TRY(database, parse_database(option.substr(3)));
    address.database = database;
  }
  const auto path = percent_decoded(rest.substr(0, question));
  if (!path || !path->starts_with('/')) return bad("a unix:// URL needs an absolute path: unix:///run/redis.sock");
  if (path->size() > kLongestSocketPath) return bad("the path of a unix socket has at most 107 bytes");
  address.endpoint.path = *path;
  return address;
}

Result<RedisAddress> parse_tcp(std::string_view rest) {
  RedisAddress address;
  if (rest.find_first_of("?#") != std::string_view::npos) return bad("redis:// URLs know no ? or # options");
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    const auto user = rest.substr(0, at);
    if (user.find(':') != std::string_view::npos) {
      return Error{Code::kConfig,
                   "the URL carries a password",
                   {},
                   "give it as password = { secret = \"NAME\" } and list NAME in [secrets]"};
    }
    const auto name = percent_decoded(user);
    if (!name || name->empty()) return bad("the user name in the URL is malformed");
    address.user = *name;
    rest.remove_prefix(at + 1);
  }
  const auto slash = rest.find('/');
  if (slash != std::string_view::npos && slash + 1 < rest.size()) {
    RUNBOOK_TRY(database, parse_database(rest.substr(slash + 1)));
    address.database = database;
  }
  RUNBOOK_TRY(endpoint, parse_authority(rest.substr(0, slash), kRedisPort));
  address.endpoint = endpoint;
  return address;
}

}  // namespace

std::string Endpoint::text() const {
  if (!path.empty()) return "unix:" + escaped(path);
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + escaped(host) + "]" : escaped(host)) + ":" + std::to_string(port);
}

Result<RedisAddress> parse_redis_url(std::string_view url) {
  const auto split_at = url.find("://");
  const auto scheme = url.substr(0, split_at == std::string_view::npos ? 0 : split_at);
  const auto rest = scheme.empty() ? std::string_view() : url.substr(split_at + 3);
  if (scheme == "unix") return parse_unix(rest);
  if (scheme != "redis" && scheme != "rediss") {
    return bad("a Redis URL begins with redis://, rediss:// or unix://");
  }
  RUNBOOK_TRY(address, parse_tcp(rest));
  address.tls = scheme == "rediss";
  return address;
}

Result<Endpoint> parse_host_port(std::string_view text) { return parse_authority(text, 0); }

Result<Endpoint> endpoint_of_url(std::string_view url) {
  if (is_http_url(url)) {
    RUNBOOK_TRY(http, parse_http_url(url));
    return Endpoint{.host = http.host, .port = http.port};
  }
  if (url.starts_with("postgres")) {
    RUNBOOK_TRY(postgres, parse_postgres_url(url));
    if (postgres.folder.empty()) return Endpoint{.host = postgres.host, .port = postgres.port};
    return Endpoint{.path = postgres.folder + "/.s.PGSQL." + std::to_string(postgres.port)};
  }
  RUNBOOK_TRY(redis, parse_redis_url(url));
  return redis.endpoint;
}

Result<Endpoint> client_endpoint(std::string_view url, std::string_view seen_as) {
  if (!seen_as.empty()) return parse_host_port(seen_as);
  if (auto endpoint = endpoint_of_url(url); endpoint && endpoint->path.empty()) return endpoint;
  return Error{.code = Code::kUsage,
               .message = "it has no address that others could connect to",
               .next = "say in the inventory how its clients see it: seen_as = \"host:port\""};
}

}  // namespace runbook::net

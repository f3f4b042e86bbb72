#include "base/url.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace runbook {

namespace {

constexpr std::string_view kHttp = "http://";
constexpr std::string_view kHttps = "https://";
constexpr std::string_view kHexDigits = "0123456789ABCDEF";

Error bad(std::string what) {
  return {.code = Code::kConfig, .message = std::move(what), .next = "for example https://api.lxd:8443/base"};
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f' && c != '\\' && c != '#'; });
}

bool is_word_character(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// %XX to bytes, once; what is no such triple stays as it is.
std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned char byte = 0;
    const auto digits = text.substr(at + 1 > text.size() ? text.size() : at + 1, 2);
    const bool triple = text[at] == '%' && digits.size() == 2 &&
                        std::from_chars(digits.data(), digits.data() + 2, byte, 16).ptr == digits.data() + 2;
    out += triple ? static_cast<char>(byte) : text[at];
    if (triple) at += 2;
  }
  return out;
}

bool climbs(std::string_view path) {
  const auto segments = split(path, '/');
  return std::any_of(segments.begin(), segments.end(), [](std::string_view segment) {
    const auto name = segment.substr(0, segment.find(';'));  // to some servers ..;x is ..
    return name == "." || name == "..";
  });
}

bool is_control_or_backslash(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f' || c == '\\'; }

}  // namespace

bool is_http_url(std::string_view text) { return text.starts_with(kHttp) || text.starts_with(kHttps); }

Result<HttpUrl> parse_http_url(std::string_view url) {
  if (!is_http_url(url)) return bad("the URL of an HTTP service begins with http:// or https://");
  const bool secure = url.starts_with(kHttps);
  const auto rest = url.substr(secure ? kHttps.size() : kHttp.size());
  if (rest.find('@') != std::string_view::npos) {
    return Error{.code = Code::kConfig,
                 .message = "the URL carries a user or a password",
                 .next = "give them as user, password = { secret = \"NAME\" } or token = { secret = \"NAME\" }"};
  }
  if (!is_plain(rest) || rest.find('?') != std::string_view::npos)
    return bad("\"" + escaped(url, 120) + "\" has a query, a fragment or characters that no base URL has");
  const auto place = rest.substr(0, rest.find('/'));
  const auto path = rest.substr(place.size());
  auto host = place;
  std::string_view port;
  const auto colon = place.rfind(':');
  if (colon != std::string_view::npos && place.find(']', colon) == std::string_view::npos) {
    host = place.substr(0, colon);
    port = place.substr(colon + 1);
  }
  HttpUrl out{.port = static_cast<std::uint16_t>(secure ? 443 : 80)};
  if (colon != std::string_view::npos && host.size() != place.size()) {
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
    if (error != std::errc() || end != port.data() + port.size() || out.port == 0)
      return bad("\"" + escaped(place, 80) + "\" has no valid port");
  }
  const bool v6 = host.starts_with('[') && host.ends_with(']');
  out.host = lower(v6 ? host.substr(1, host.size() - 2) : host);
  const bool sound = !out.host.empty() && out.host.find_first_of("[]/") == std::string::npos &&
                     (v6 || out.host.find(':') == std::string::npos);
  if (!sound) return bad("\"" + escaped(place, 80) + "\" names no host");
  out.origin =
      std::string(secure ? kHttps : kHttp) + (v6 ? "[" + out.host + "]" : out.host) + ":" + std::to_string(out.port);
  out.base = path.substr(0, path.find_last_not_of('/') + 1);
  if (!out.base.empty() && !check_url_path(out.base))
    return bad("the path of " + escaped(url, 120) + " has dot segments");
  return out;
}

Result<void> check_url_path(std::string_view path) {
  const auto wrong = [&](const std::string& what) {
    return Error{
        .code = Code::kUsage,
        .message = "the path \"" + escaped(path, 120) + "\" " + what,
        .next =
            "a path begins with one slash and stays below the target's url; encode what is none of a URL's characters"};
  };
  if (!path.starts_with('/') || path.starts_with("//")) return wrong("does not begin with one slash");
  if (!is_plain(path)) return wrong("holds a blank, a control character, a backslash, a # or a letter beyond ASCII");
  auto name = std::string(path.substr(0, path.find('?')));
  const auto slashes = std::count(name.begin(), name.end(), '/');
  for (;;) {
    if (climbs(name)) return wrong("has dot segments");
    if (lower(name).find("%2e") != std::string::npos) return wrong("has encoded dots");
    if (std::count(name.begin(), name.end(), '/') != slashes) return wrong("has encoded slashes");
    if (std::any_of(name.begin(), name.end(), is_control_or_backslash)) return wrong("has encoded control characters");
    auto once_more = decoded(name);
    if (once_more == name) return {};
    name = std::move(once_more);
  }
}

std::string url_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_word_character(c) || std::string_view("-._~").find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHexDigits[byte >> 4U];
    out += kHexDigits[byte & 15U];
  }
  return out;
}

}  // namespace runbook

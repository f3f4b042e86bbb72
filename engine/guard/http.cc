#include "guard/http.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"

namespace runbook::guard {

namespace {

constexpr auto kFraming =
    std::to_array<std::string_view>({"connection", "content-length", "host", "transfer-encoding", "upgrade"});
constexpr auto kOtherMethods =
    std::to_array<std::string_view>({"x-http-method", "x-http-method-override", "x-method-override"});

template <std::size_t N>
bool any_of(std::span<const Header> headers, const std::array<std::string_view, N>& names) {
  return std::any_of(headers.begin(), headers.end(), [&](const Header& header) {
    return std::find(names.begin(), names.end(), lower(header.first)) != names.end();
  });
}

bool adds_itself(const Header& header, const Permit& permit) {
  return header.first == "Authorization" || (header.first == "Idempotency-Key" && header.second == permit.key());
}

// As a permit lists it.
Argv words_of(const Request& request, std::string_view path, const Permit& permit) {
  Argv words = {std::string(request.method), std::string(path)};
  for (const auto& header : request.headers) {
    if (!adds_itself(header, permit)) words.push_back(header.first + ": " + header.second);
  }
  words.emplace_back(request.body);
  return words;
}

bool lists(const Permit& permit, const Argv& words) {
  return std::find(permit.sends().begin(), permit.sends().end(), words) != permit.sends().end();
}

bool is_read(const Request& request) {
  return request.body.empty() && (request.method == "GET" || request.method == "HEAD") &&
         !any_of(request.headers, kOtherMethods);
}

// The one question that is about the connection itself (RFC 6455, 4.1), with nothing else that is.
bool asks_for_websocket(const Request& request) {
  std::vector<Header> rest(request.headers.begin(), request.headers.end());
  const auto takes = [&](const Header& wanted) {
    const auto found = std::find(rest.begin(), rest.end(), wanted);
    if (found == rest.end()) return false;
    rest.erase(found);
    return true;
  };
  const bool asks = takes({"Connection", "Upgrade"}) && takes({"Upgrade", "websocket"});
  return asks && request.method == "GET" && !any_of(rest, kFraming);
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f' && c != '\\' && c != '#'; });
}

bool is_origin(std::string_view origin) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.starts_with(scheme))
      return origin.size() > scheme.size() && origin.find_first_of("/?@", scheme.size()) == std::string_view::npos;
  }
  return false;
}

// Whether a path, without its query, can only mean a place below the one it is put behind.
bool stays_below(std::string_view path) {
  auto name = lower(path.substr(0, path.find('?')));
  for (auto at = name.find("%25"); at != std::string::npos; at = name.find("%25", at)) name.replace(at, 3, "%");
  if (name.starts_with("//")) return false;
  for (const std::string_view hidden : {"%2e", "%2f", "%5c", "%0", "%1", "%7f"}) {
    if (name.find(hidden) != std::string::npos) return false;
  }
  for (const auto segment : split(name, '/')) {
    if (segment == "." || segment == ".." || segment.starts_with(".;") || segment.starts_with("..;")) return false;
  }
  return true;
}

// The part of a request's URL behind the place; nothing when it lies elsewhere.
std::optional<std::string_view> below(std::string_view place, std::string_view url) {
  if (!url.starts_with(place)) return std::nullopt;
  const auto rest = url.substr(place.size());
  return rest.starts_with('/') ? std::optional(rest) : std::nullopt;
}

}  // namespace

void HttpGuard::declare(std::string place) {
  if (std::find(places_.begin(), places_.end(), place) == places_.end()) places_.push_back(std::move(place));
}

Result<> HttpGuard::look(const Request& request, const Permit* permit) const {
  const auto what = escaped(request.method, 20) + " to " + escaped(request.origin, 120);
  const bool sound = is_plain(request.origin) && is_origin(request.origin) && is_plain(request.path) &&
                     request.path.starts_with('/') && stays_below(request.path) &&
                     (!any_of(request.headers, kFraming) || asks_for_websocket(request));
  if (!sound) return Error{.code = Code::kRefused, .message = what + " is no request that can be read in one way only"};
  const auto url = std::string(request.origin) + std::string(request.path);
  bool declared = false;
  bool listed = false;
  for (const auto& place : places_) {
    const auto path = below(place, url);
    if (!path) continue;
    declared = true;
    listed = listed || (permit != nullptr && lists(*permit, words_of(request, *path, *permit)));
  }
  if (!declared) {
    return Error{.code = Code::kRefused,
                 .message = what + " is refused: no target of this run is there",
                 .next = "requests go to targets of the inventory, below their url"};
  }
  if (listed || is_read(request)) return {};
  return Error{
      .code = Code::kRefused,
      .message = what + (permit == nullptr ? " is no read, and no permit was given" : " is not what the permit lists")};
}

}  // namespace runbook::guard

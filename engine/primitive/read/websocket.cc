#include "primitive/read/websocket.h"

#include <algorithm>
#include <random>

#include "base/hash.h"
#include "base/text.h"
#include "primitive/read/ask_http.h"

namespace runbook::primitive {

namespace {

constexpr int kSwitchingProtocols = 101;
constexpr std::size_t kKeyBytes = 16;
// RFC 6455, 1.3: by which a server shows that it has read the key and not only repeats a header.
constexpr std::string_view kOfWebSockets = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

bool has_token(std::string_view list, std::string_view token) {
  const auto tokens = split(list, ',');
  return std::any_of(tokens.begin(), tokens.end(), [&](const auto& one) { return lower(trim(one)) == token; });
}

}  // namespace

std::string websocket_key() {
  std::random_device random;
  std::string bytes(kKeyBytes, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(random());
  return to_base64(bytes);
}

net::HttpHeaders websocket_question(const std::string& key) {
  return {
      {"Connection", "Upgrade"}, {"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}, {"Sec-WebSocket-Key", key}};
}

std::string why_no_websocket(const net::HttpResponse& response, const std::string& key) {
  if (response.status != kSwitchingProtocols) return "it answers " + std::to_string(response.status) + ", not 101";
  if (lower(header_of(response, "upgrade")) != "websocket") return "it goes on with another protocol than websocket";
  if (!has_token(header_of(response, "connection"), "upgrade")) return "its Connection header does not say Upgrade";
  if (trim(header_of(response, "sec-websocket-accept")) != to_base64(sha1(key + std::string(kOfWebSockets))))
    return "its Sec-WebSocket-Accept does not belong to the key: something in between answered from memory";
  return {};
}

}  // namespace runbook::primitive

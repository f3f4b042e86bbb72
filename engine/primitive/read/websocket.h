// The handshake that opens a WebSocket (RFC 6455, section 4), as a client sees it. Pure but for the key's randomness.
#pragma once

#include <string>

#include "net/http.h"

namespace runbook::primitive {

/// Sec-WebSocket-Key: 16 random bytes in base64.
std::string websocket_key();

/// The headers by which a GET asks for a WebSocket.
net::HttpHeaders websocket_question(const std::string& key);

/// Why an answer to that opens none; empty when it does.
std::string why_no_websocket(const net::HttpResponse& response, const std::string& key);

}  // namespace runbook::primitive

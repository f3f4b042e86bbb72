#include "primitive/read/websocket.h"

#include "base/text.h"
#include "catch.h"

using namespace runbook;
using net::HttpResponse;
using primitive::why_no_websocket;

namespace {

// RFC 6455, 1.3.
const std::string kKey = "dGhlIHNhbXBsZSBub25jZQ==";

HttpResponse accepted() {
  return {.status = 101,
          .headers = {{"upgrade", "WebSocket"},
                      {"connection", "keep-alive, Upgrade"},
                      {"sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}}};
}

}  // namespace

TEST_CASE("a server that has read the key opens a WebSocket") { CHECK(why_no_websocket(accepted(), kKey).empty()); }

TEST_CASE("what only looks like it is told apart") {
  CHECK(why_no_websocket({.status = 502}, kKey) == "it answers 502, not 101");
  CHECK_FALSE(why_no_websocket(accepted(), "another key").empty());
  for (std::size_t without = 0; without < 3; ++without) {
    auto response = accepted();
    response.headers.erase(response.headers.begin() + static_cast<std::ptrdiff_t>(without));
    CHECK_FALSE(why_no_websocket(response, kKey).empty());
  }
}

TEST_CASE("a key is 16 bytes, and never the same") {
  const auto key = primitive::websocket_key();
  CHECK(from_base64(key).value_or("").size() == 16);
  CHECK(key != primitive::websocket_key());
}

// The HTTP client: libcurl's multi interface on the engine's loop (curl_loop.h), HTTP/1.1 over TCP or a unix socket.
//
// It has no policy of its own and cannot be made without a guard. What is always so, because of what libcurl does
// otherwise (measured with 7.88):
//
// * No redirect is followed: it is the answer. Followed to another host it would carry headers such as X-Vault-Token.
// * TLS is verified, against the system's authorities or the file that the target pins. Only http and https.
// * No proxy and no credentials of the environment.
// * The size of a body is counted after decoding: MAXFILESIZE lets a bomb of 200 kB become 200 MiB.
// * Names are resolved here (dial.h) and given to libcurl, which would wait for a resolver that hangs. Addresses that
//   tell the secrets of cloud machines are refused, whatever name leads there.
// * 101 is an answer whole with its headers, and its connection is closed: to libcurl an endless body begins.
// * A read may use a kept connection. A change takes a fresh one, which is closed afterwards, and is sent once: on a
//   kept connection that dies after the server acted libcurl silently sends again.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/task.h"
#include "guard/request.h"

namespace runbook::net {

struct HttpLimits {
  std::chrono::milliseconds connect = std::chrono::seconds(3);  // until connected, with name and TLS
  std::chrono::milliseconds idle = std::chrono::seconds(5);     // without a byte
  std::chrono::milliseconds total = std::chrono::seconds(20);
  std::size_t body = 8U << 20U;  // decoded bytes
  std::size_t headers = 64U << 10U;
};

using HttpHeaders = std::vector<guard::Header>;

struct HttpRequest {
  std::string method = "GET";
  std::string origin{};  // "https://api.lxd:8443", or "unix:///run/docker.sock"
  std::string path = "/";
  HttpHeaders headers{};
  std::string body{};
  std::string ca_file{};    // for https; empty: the system's authorities
  std::string cert_file{};  // the certificate to show, for a server that asks for one; empty for none
  std::string key_file{};   // its key
  HttpLimits limits{};
};

/// Milliseconds from the beginning until …; 0 for what did not happen, as on a kept connection.
struct HttpTiming {
  double resolved = 0;
  double connected = 0;
  double secured = 0;
  double first_byte = 0;
  double total = 0;
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers{};  // names in lower case, in order
  std::string body{};
  std::string peer{};  // "127.0.0.1:8080", or the origin when that is a unix socket
  HttpTiming timing{};
  unsigned tries = 1;  // how often it was asked (http_retry.h)
};

class CurlLoop;

class HttpClient {
 public:
  /// The guard must outlive it.
  HttpClient(Loop loop, const guard::RequestGuard& guard);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Sends a read; many may be under way. Any status is an answer. kRefused by the guard or for an address that is
  /// never asked, kUsage for a header that is none, kUnreachable, kTimeout, kLimit, kProtocol, kConfig for a CA file
  /// that cannot be read.
  Task<Result<HttpResponse>> read(HttpRequest request);

  /// Sends what the permit lists, once. kInDoubt when it may have been carried out and no whole answer came.
  Task<Result<HttpResponse>> change(HttpRequest request, const guard::Permit& permit);

  /// Why the last request to that origin found no connection; null when it found one, or when that was forgotten.
  [[nodiscard]] const Error* unreachable(std::string_view origin) const;
  void forget_failures() { unreachable_.clear(); }

 private:
  Task<Result<HttpResponse>> exchange(HttpRequest request, const guard::Permit* permit);

  Loop loop_;
  const guard::RequestGuard& guard_;
  std::shared_ptr<CurlLoop> curl_;
  std::map<std::string, Error, std::less<>> unreachable_;  // by origin
};

}  // namespace runbook::net

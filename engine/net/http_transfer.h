// One HTTP exchange as libcurl is told of it, and what it brought. Internal to net/.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/address.h"
#include "net/curl_loop.h"
#include "net/http.h"

namespace runbook::net {

/// What the origin of a unix socket begins with; its path follows.
inline constexpr std::string_view kUnixOrigin = "unix://";

class HttpTransfer {
 public:
  /// `addresses`: of the host, as look_up gives them. `once`: on a connection of its own, which nothing else will use.
  HttpTransfer(const Loop& loop, HttpRequest request, const std::vector<std::string>& addresses, bool once);
  ~HttpTransfer();
  HttpTransfer(const HttpTransfer&) = delete;
  HttpTransfer& operator=(const HttpTransfer&) = delete;

  [[nodiscard]] CurlTransfer& curl() { return curl_; }
  [[nodiscard]] std::chrono::steady_clock::time_point last_byte() const { return last_byte_; }
  /// Whether any of the request may have reached the server.
  [[nodiscard]] bool was_sent() const;
  /// What it brought, once it is done.
  [[nodiscard]] Result<HttpResponse> result();

 private:
  static std::size_t on_header(char* text, std::size_t one, std::size_t size, void* self);
  static std::size_t on_body(char* text, std::size_t one, std::size_t size, void* self);
  static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address);
  std::size_t take_header(std::string_view line);
  [[nodiscard]] int status() const;
  std::size_t take_body(std::string_view bytes);
  void say_what(bool once);
  void say_where(const std::vector<std::string>& addresses);
  void add_to(curl_slist*& list, const std::string& text);
  [[nodiscard]] Error failure() const;

  HttpRequest request_;
  CurlTransfer curl_;
  curl_slist* headers_ = nullptr;
  curl_slist* resolved_ = nullptr;
  HttpResponse response_;
  std::size_t header_bytes_ = 0;
  bool headers_whole_ = false;
  bool is_upgraded_ = false;      // 101: what follows is no HTTP, and nobody's here to read
  std::optional<Error> refused_;  // by us, whatever libcurl says then
  std::chrono::steady_clock::time_point last_byte_ = std::chrono::steady_clock::now();
};

}  // namespace runbook::net

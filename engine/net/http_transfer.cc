#include "net/http_transfer.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <system_error>

#include "base/text.h"

namespace runbook::net {

namespace {

using std::chrono::milliseconds;

constexpr const char* kCutOff = " closed the connection before the end of its answer";

// Where clouds tell a machine its secrets: 169.254/16, fd00:ec2::254, and the first of them inside IPv6.
bool tells_secrets(const curl_sockaddr& address) {
  const auto link_local = [](const unsigned char* v4) { return v4[0] == 169 && v4[1] == 254; };
  if (address.family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address.addr, sizeof v4);
    unsigned char bytes[4];
    std::memcpy(bytes, &v4.sin_addr, sizeof bytes);
    return link_local(bytes);
  }
  if (address.family != AF_INET6 || address.addrlen < sizeof(sockaddr_in6)) return false;
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address.addr, sizeof v6);
  in6_addr amazon{};
  inet_pton(AF_INET6, "fd00:ec2::254", &amazon);
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) return link_local(v6.sin6_addr.s6_addr + 12);
  return std::memcmp(&v6.sin6_addr, &amazon, sizeof amazon) == 0;
}

// ": Connection refused", where the system said so.
std::string why_not(CURL* easy) {
  long number = 0;
  curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &number);
  return number == 0 ? "" : ": " + std::generic_category().message(static_cast<int>(number));
}

double milliseconds_of(CURL* easy, CURLINFO info) {
  curl_off_t microseconds = 0;
  curl_easy_getinfo(easy, info, &microseconds);
  return static_cast<double>(microseconds) / 1000;
}

}  // namespace

HttpTransfer::HttpTransfer(const Loop& loop, HttpRequest request, const std::vector<std::string>& addresses, bool once)
    : request_(std::move(request)), curl_(loop) {
  curl_.easy = curl_easy_init();
  say_where(addresses);
  say_what(once);
}

HttpTransfer::~HttpTransfer() {
  curl_easy_cleanup(curl_.easy);
  curl_slist_free_all(headers_);
  curl_slist_free_all(resolved_);
}

void HttpTransfer::add_to(curl_slist*& list, const std::string& text) { list = curl_slist_append(list, text.c_str()); }

void HttpTransfer::say_where(const std::vector<std::string>& addresses) {
  auto* easy = curl_.easy;
  if (request_.origin.starts_with(kUnixOrigin)) {
    curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, request_.origin.substr(kUnixOrigin.size()).c_str());
    curl_easy_setopt(easy, CURLOPT_URL, ("http://localhost" + request_.path).c_str());
    return;
  }
  curl_easy_setopt(easy, CURLOPT_URL, (request_.origin + request_.path).c_str());
  const auto host = request_.origin.substr(request_.origin.find("//") + 2);  // with its port
  if (!host.starts_with('[')) add_to(resolved_, host + ":" + join(addresses, ","));
  curl_easy_setopt(easy, CURLOPT_RESOLVE, resolved_);
}

void HttpTransfer::say_what(bool once) {
  auto* easy = curl_.easy;
  const auto set = [easy](CURLoption option, auto value) { curl_easy_setopt(easy, option, value); };
  set(CURLOPT_PATH_AS_IS, 1L);  // the guard saw the path as it is
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_ACCEPT_ENCODING, "gzip");
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!request_.ca_file.empty()) set(CURLOPT_CAINFO, request_.ca_file.c_str());
  if (!request_.ca_file.empty()) set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  if (!request_.cert_file.empty()) {
    set(CURLOPT_SSLCERT, request_.cert_file.c_str());
    set(CURLOPT_SSLKEY, request_.key_file.c_str());
    set(CURLOPT_KEYPASSWD, "");  // OpenSSL would ask at the terminal
  }
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request_.limits.connect.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(request_.limits.total.count()));
  set(CURLOPT_FRESH_CONNECT, once ? 1L : 0L);
  set(CURLOPT_FORBID_REUSE, once ? 1L : 0L);
  set(CURLOPT_HEADERFUNCTION, &HttpTransfer::on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &HttpTransfer::on_body);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_OPENSOCKETFUNCTION, &HttpTransfer::on_open);
  set(CURLOPT_OPENSOCKETDATA, this);
  if (request_.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
  } else if (request_.method != "GET") {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    set(CURLOPT_COPYPOSTFIELDS, request_.body.c_str());
    set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    add_to(headers_, "Expect:");
  }
  for (const auto& [name, value] : request_.headers) add_to(headers_, name + ": " + value);
  set(CURLOPT_HTTPHEADER, headers_);
}

curl_socket_t HttpTransfer::on_open(void* self, curlsocktype /*purpose*/, curl_sockaddr* address) {
  auto& transfer = *static_cast<HttpTransfer*>(self);
  if (tells_secrets(*address)) {
    transfer.refused_ =
        Error{.code = Code::kRefused,
              .message = escaped(transfer.request_.origin, 120) +
                         " leads to an address at which clouds tell a machine its secrets; it is never asked"};
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address->protocol);
}

std::size_t HttpTransfer::on_header(char* text, std::size_t one, std::size_t size, void* self) {
  return static_cast<HttpTransfer*>(self)->take_header({text, one * size});
}

std::size_t HttpTransfer::on_body(char* text, std::size_t one, std::size_t size, void* self) {
  return static_cast<HttpTransfer*>(self)->take_body({text, one * size});
}

std::size_t HttpTransfer::take_header(std::string_view line) {
  last_byte_ = std::chrono::steady_clock::now();
  header_bytes_ += line.size();
  if (header_bytes_ > request_.limits.headers) {
    refused_ =
        Error{.code = Code::kLimit,
              .message = "the headers are longer than " + bytes_text(static_cast<double>(request_.limits.headers))};
    return 0;
  }
  if (line.starts_with("HTTP/")) response_.headers.clear();  // after 100 Continue another answer follows
  headers_whole_ = trim(line).empty();
  // The last word of HTTP on that connection (RFC 9110, 15.2.2), which libcurl takes for the beginning of a body.
  is_upgraded_ = headers_whole_ && status() == 101;
  if (is_upgraded_) return 0;
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return line.size();
  response_.headers.emplace_back(lower(line.substr(0, colon)), std::string(trim(line.substr(colon + 1))));
  return line.size();
}

std::size_t HttpTransfer::take_body(std::string_view bytes) {
  last_byte_ = std::chrono::steady_clock::now();
  if (response_.body.size() + bytes.size() > request_.limits.body) {
    refused_ = Error{.code = Code::kLimit,
                     .message = "the answer is longer than " + bytes_text(static_cast<double>(request_.limits.body))};
    return 0;
  }
  response_.body += bytes;
  return bytes.size();
}

int HttpTransfer::status() const {
  long status = 0;
  curl_easy_getinfo(curl_.easy, CURLINFO_RESPONSE_CODE, &status);
  return static_cast<int>(status);
}

bool HttpTransfer::was_sent() const {
  curl_off_t pretransfer = 0;
  curl_easy_getinfo(curl_.easy, CURLINFO_PRETRANSFER_TIME_T, &pretransfer);
  return pretransfer > 0;
}

Error HttpTransfer::failure() const {
  const auto origin = escaped(request_.origin, 120);
  const std::string why = curl_easy_strerror(curl_.code);
  switch (curl_.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
      return {Code::kUnreachable, "no connection to " + origin + why_not(curl_.easy)};
    case CURLE_OPERATION_TIMEDOUT:
      return {Code::kTimeout, was_sent()
                                  ? origin + " gave no whole answer within " + duration_text(request_.limits.total)
                                  : "no connection to " + origin + " within " + duration_text(request_.limits.connect)};
    case CURLE_PEER_FAILED_VERIFICATION:
      return {Code::kUnreachable, "the certificate of " + origin + " is not accepted"};
    case CURLE_SSL_CACERT_BADFILE:
      return {Code::kConfig, "the CA file cannot be read", request_.ca_file};
    case CURLE_SSL_CERTPROBLEM:
      return {.code = Code::kConfig,
              .message = "the certificate and its key cannot be used",
              .where = request_.cert_file,
              .next = "both are PEM, belong together, and the key has no passphrase: " + request_.key_file};
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      return {Code::kUnreachable, origin + kCutOff};
    default:
      return {Code::kProtocol, "no HTTP with " + origin + ": " + why};
  }
}

Result<HttpResponse> HttpTransfer::result() {
  if (refused_) return *refused_;
  if (curl_.code != CURLE_OK && !is_upgraded_) return failure();
  // To libcurl the end of the connection is an end of the headers too.
  if (!headers_whole_) return Error{Code::kUnreachable, escaped(request_.origin, 120) + kCutOff};
  long port = 0;
  const char* address = nullptr;
  curl_easy_getinfo(curl_.easy, CURLINFO_PRIMARY_PORT, &port);
  curl_easy_getinfo(curl_.easy, CURLINFO_PRIMARY_IP, &address);
  response_.status = status();
  const Endpoint peer{.host = address == nullptr ? "" : address, .port = static_cast<std::uint16_t>(port)};
  response_.peer = request_.origin.starts_with(kUnixOrigin) ? request_.origin : peer.text();
  response_.timing = {.resolved = 0,
                      .connected = milliseconds_of(curl_.easy, CURLINFO_CONNECT_TIME_T),
                      .secured = milliseconds_of(curl_.easy, CURLINFO_APPCONNECT_TIME_T),
                      .first_byte = milliseconds_of(curl_.easy, CURLINFO_STARTTRANSFER_TIME_T),
                      .total = milliseconds_of(curl_.easy, CURLINFO_TOTAL_TIME_T)};
  return std::move(response_);
}

}  // namespace runbook::net

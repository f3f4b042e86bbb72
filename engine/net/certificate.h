// What is in a certificate. Whether anybody should believe it is another question (tls_probe.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

struct x509_st;

namespace runbook::net {

struct Certificate {
  std::string subject{};  // "CN=shop.example,O=Shop", as RFC 2253 writes it
  std::string issuer{};
  std::string serial{};              // hexadecimal
  std::string sha256{};              // of the certificate, hexadecimal
  std::vector<std::string> names{};  // hosts and addresses it is for
  std::int64_t not_before_ms = 0;    // milliseconds since 1970-01-01 UTC
  std::int64_t not_after_ms = 0;
};

/// At most this many names are kept of one.
inline constexpr std::size_t kMostNames = 200;

/// kProtocol for one whose times cannot be read.
Result<Certificate> certificate_of(x509_st* certificate);

/// The first certificate of a PEM text. kProtocol when it holds none.
Result<Certificate> parse_certificate(std::string_view pem);

}  // namespace runbook::net

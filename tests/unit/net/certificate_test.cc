#include "net/certificate.h"

#include "catch.h"

using namespace runbook;
using net::parse_certificate;

namespace {

// openssl req -x509 -newkey ec -subj '/O=Shöp/CN=shop.example' -days 3650 -set_serial 0x1f2e
//   -addext 'subjectAltName=DNS:shop.example,DNS:*.shop.example,IP:10.0.0.7,IP:2001:db8::1'
constexpr auto kPem =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIB0zCCAXqgAwIBAgICHy4wCgYIKoZIzj0EAwIwJzEOMAwGA1UECgwFU2jDtnAx\n"
    "FTATBgNVBAMMDHNob3AuZXhhbXBsZTAeFw0yNjExMjEyMzMwMzRaFw0zNjExMTgy\n"
    "MzMwMzRaMCcxDjAMBgNVBAoMBVNow7ZwMRUwEwYDVQQDDAxzaG9wLmV4YW1wbGUw\n"
    "WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASwebtqjE8aClIY0RTGOhqs/E1+21Yt\n"
    "g0vKLsPrpkToAsXaLc/LAK0xPwp5nYffoh64tGQdgjGuaasUwwMUiXr6o4GVMIGS\n"
    "MB0GA1UdDgQWBBR8EqYtQ380kBGv9SOrGac95QNOhjAfBgNVHSMEGDAWgBR8EqYt\n"
    "Q380kBGv9SOrGac95QNOhjAPBgNVHRMBAf8EBTADAQH/MD8GA1UdEQQ4MDaCDHNo\n"
    "b3AuZXhhbXBsZYIOKi5zaG9wLmV4YW1wbGWHBAoAAAeHECABDbgAAAAAAAAAAAAA\n"
    "AAEwCgYIKoZIzj0EAwIDRwAwRAIgQ0448D+7exofnJbiRp6iLH7qA38KNqPEH+b7\n"
    "uusdm9MCIGRl7ezskRsVzNo6b57QH6zIuoIR+S1qSrajh9OcbO3I\n"
    "-----END CERTIFICATE-----\n";

}  // namespace

TEST_CASE("a certificate says who it is for, by whom and until when") {
  const auto certificate = parse_certificate("# site\n" + std::string(kPem) + "behind it\n");
  REQUIRE(certificate);
  CHECK(certificate->subject == "CN=shop.example,O=Shöp");
  CHECK(certificate->issuer == certificate->subject);
  CHECK(certificate->serial == "1f2e");
  CHECK(certificate->sha256 == "f8e48868c2ef273ecf06b82429efdb44f3bf4c409a60b9357fd265b5ef7c31d1");
  CHECK(certificate->names == std::vector<std::string>{"shop.example", "*.shop.example", "10.0.0.7", "2001:db8::1"});
  CHECK(certificate->not_before_ms == 1'795'303'834'000);
  CHECK(certificate->not_after_ms - certificate->not_before_ms == 3650LL * 24 * 3600 * 1000);
}

TEST_CASE("what holds no certificate is told as such") {
  const std::string whole = kPem;
  for (const auto& text : {std::string(), std::string("-----BEGIN CERTIFICATE-----\n"), whole.substr(0, 300),
                           std::string("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n")})
    CHECK(parse_certificate(text).error().code == Code::kProtocol);
}

#include "net/certificate.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <memory>
#include <optional>

#include "base/hash.h"
#include "base/text.h"

namespace runbook::net {

namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using Held = std::unique_ptr<X509, Freed<X509_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;

std::string text_of(const X509_NAME* name) {
  const Bio out(BIO_new(BIO_s_mem()));
  if (!out || X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0) return {};
  char* data = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string serial_of(X509* certificate) {
  const Number number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  if (!number) return {};
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number.get())), '\0');
  BN_bn2bin(number.get(), reinterpret_cast<unsigned char*>(bytes.data()));
  return to_hex(bytes);
}

std::string bytes_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string address_of(const std::string& bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool known = bytes.size() == 4 || bytes.size() == 16;
  if (!known || inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size()) == nullptr)
    return {};
  return text.data();
}

std::vector<std::string> names_of(X509* certificate) {
  std::vector<std::string> out;
  const Names names(static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()) && out.size() < kMostNames; ++i) {
    const auto* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) out.push_back(bytes_of(name->d.dNSName));
    if (name->type == GEN_IPADD) out.push_back(address_of(bytes_of(name->d.iPAddress)));
  }
  return out;
}

std::optional<std::int64_t> milliseconds_of(const ASN1_TIME* time) {
  std::tm moment{};
  if (ASN1_TIME_to_tm(time, &moment) != 1) return {};
  return static_cast<std::int64_t>(timegm(&moment)) * 1000;
}

std::string hash_of(X509* certificate) {
  unsigned char* bytes = nullptr;
  const auto size = i2d_X509(certificate, &bytes);
  if (size <= 0) return {};
  const std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return sha256(der);
}

}  // namespace

Result<Certificate> certificate_of(X509* certificate) {
  const auto begins = milliseconds_of(X509_get0_notBefore(certificate));
  const auto ends = milliseconds_of(X509_get0_notAfter(certificate));
  if (!begins || !ends) return Error{Code::kProtocol, "a certificate does not say in a known way when it ends"};
  return Certificate{.subject = text_of(X509_get_subject_name(certificate)),
                     .issuer = text_of(X509_get_issuer_name(certificate)),
                     .serial = serial_of(certificate),
                     .sha256 = hash_of(certificate),
                     .names = names_of(certificate),
                     .not_before_ms = *begins,
                     .not_after_ms = *ends};
}

Result<Certificate> parse_certificate(std::string_view pem) {
  const Bio in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const Held certificate(in ? PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) : nullptr);
  if (!certificate) return Error{Code::kProtocol, "there is no certificate in it"};
  return certificate_of(certificate.get());
}

}  // namespace runbook::net

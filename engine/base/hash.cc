#include "base/hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>

#include "base/text.h"

namespace runbook {

std::string sha256(std::string_view bytes) {
  // Looked up once: for a short text OpenSSL's looking up takes longer than the hash.
  static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  std::array<unsigned char, 32> digest{};
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, kAlgorithm, nullptr) != 1) {
    throw std::runtime_error("OpenSSL has no SHA-256");
  }
  return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string sha1(std::string_view bytes) {
  std::string digest(20, '\0');
  if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr, EVP_sha1(),
                 nullptr) != 1) {
    throw std::runtime_error("OpenSSL has no SHA-1");
  }
  return digest;
}

std::string hmac_sha1(std::string_view key, std::string_view bytes) {
  std::string digest(20, '\0');
  if (HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(bytes.data()),
           bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr) == nullptr) {
    throw std::runtime_error("OpenSSL has no HMAC-SHA1");
  }
  return digest;
}

}  // namespace runbook

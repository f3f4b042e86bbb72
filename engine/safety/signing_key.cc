#include "safety/signing_key.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>

#include <memory>
#include <stdexcept>

#include "base/hash.h"

namespace runbook::safety {

namespace {

constexpr std::string_view kPrivateName = "audit.key";
constexpr std::string_view kPublicName = "audit.pub";
constexpr std::size_t kMaxPem = 4096;
constexpr std::size_t kSignatureBytes = crypto_sign_BYTES;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;
struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using KeyHandle = std::unique_ptr<EVP_PKEY, FreeKey>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

template <class Write>
std::string pem_of(Write write) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr || write(bio.get()) != 1) throw std::runtime_error("OpenSSL cannot write a key as PEM");
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(length)};
}

template <class Read>
Result<KeyHandle> key_in(std::string_view pem, Read read) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  KeyHandle key(read(bio.get(), nullptr, nullptr, nullptr));
  if (key != nullptr && EVP_PKEY_get_id(key.get()) == EVP_PKEY_ED25519) return key;
  return Error{.code = Code::kAudit, .message = "is no Ed25519 key in PEM"};
}

// Who can read it can sign another past. A file that is nowhere on the disk is a test's.
Result<void> check_owner_alone(const std::filesystem::path& path) {
  using std::filesystem::perms;
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (error || (status.permissions() & (perms::group_all | perms::others_all)) == perms::none) return {};
  return Error{.code = Code::kAudit,
               .message = "the key of the audit log may be read or written by others",
               .where = path.string(),
               .next = "find out who did, then chmod 600 " + path.string()};
}

template <class Read>
Result<KeyHandle> read_pem(Storage& storage, const std::filesystem::path& path, Read read) {
  if (path.filename() == kPrivateName) RUNBOOK_CHECK(check_owner_alone(path));
  auto pem = read_file(storage, path, kMaxPem);
  if (!pem && pem.error().code == Code::kNotFound) {
    return Error{.code = Code::kAudit,
                 .message = "the key of the audit log is missing",
                 .where = path.string(),
                 .next = "put it back, or begin a new state directory and keep this one as it is"};
  }
  if (!pem) return pem.error();
  auto key = key_in(*pem, read);
  sodium_memzero(pem->data(), pem->size());
  if (!key) return Error{.code = Code::kAudit, .message = key.error().message, .where = path.string()};
  return key;
}

// Picks the implementations that fit this processor; to be called before the first use, any number of times.
void prepare_sodium() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot start: no random bytes");
}

// The 32 bytes of an Ed25519 key, by one of OpenSSL's two functions for them.
template <class Get>
std::array<unsigned char, 32> raw_bytes(const KeyHandle& key, Get get) {
  std::array<unsigned char, 32> bytes{};
  std::size_t length = bytes.size();
  if (get(key.get(), bytes.data(), &length) != 1 || length != bytes.size()) {
    throw std::runtime_error("OpenSSL has an Ed25519 key without its bytes");
  }
  return bytes;
}

}  // namespace

Result<PublicKey> PublicKey::load(Storage& storage, const std::filesystem::path& keys) {
  prepare_sodium();
  RUNBOOK_TRY(key, read_pem(storage, keys / kPublicName, PEM_read_bio_PUBKEY));
  return PublicKey(raw_bytes(key, EVP_PKEY_get_raw_public_key));
}

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
  prepare_sodium();
  RUNBOOK_TRY(key, key_in(pem, PEM_read_bio_PUBKEY));
  return PublicKey(raw_bytes(key, EVP_PKEY_get_raw_public_key));
}

std::string PublicKey::pem() const {
  const KeyHandle key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_.data(), bytes_.size()));
  return pem_of([&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, key.get()); });
}

std::string PublicKey::fingerprint() const {
  return sha256(std::string_view(reinterpret_cast<const char*>(bytes_.data()), bytes_.size())).substr(0, 16);
}

bool PublicKey::verifies(std::string_view message, std::string_view signature) const {
  return signature.size() == kSignatureBytes &&
         crypto_sign_verify_detached(bytes_of(signature), bytes_of(message), message.size(), bytes_.data()) == 0;
}

Result<SigningKey> SigningKey::load(Storage& storage, const std::filesystem::path& keys) {
  prepare_sodium();
  RUNBOOK_TRY(key, read_pem(storage, keys / kPrivateName, PEM_read_bio_PrivateKey));
  auto seed = raw_bytes(key, EVP_PKEY_get_raw_private_key);
  Bytes bytes{};
  PublicKey::Bytes half{};
  crypto_sign_seed_keypair(half.data(), bytes.data(), seed.data());
  sodium_memzero(seed.data(), seed.size());
  return SigningKey(bytes, PublicKey(half));
}

Result<SigningKey> SigningKey::load_or_create(Storage& storage, const std::filesystem::path& keys) {
  RUNBOOK_CHECK(make_directories(storage, keys));
  const auto there = storage.open(keys / kPrivateName, Storage::Mode::kRead);
  if (!there && there.error().code != Code::kNotFound) return there.error();
  if (!there) {
    const KeyHandle made(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    if (made == nullptr) throw std::runtime_error("OpenSSL cannot make an Ed25519 key");
    const auto pem = pem_of([&](BIO* bio) {
      return PEM_write_bio_PKCS8PrivateKey(bio, made.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    RUNBOOK_CHECK(write_file(storage, keys / kPrivateName, pem));
  }
  // Written each time: a crash may have left the private half alone, and the public one follows from it.
  RUNBOOK_TRY(both, read_pem(storage, keys / kPrivateName, PEM_read_bio_PrivateKey));
  const auto pem = pem_of([&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, both.get()); });
  RUNBOOK_CHECK(write_file(storage, keys / kPublicName, pem));
  RUNBOOK_CHECK(storage.sync_directory(keys));
  return load(storage, keys);
}

std::string SigningKey::sign(std::string_view message) const {
  std::string signature(kSignatureBytes, '\0');
  crypto_sign_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr, bytes_of(message), message.size(),
                       bytes_.data());
  return signature;
}

}  // namespace runbook::safety

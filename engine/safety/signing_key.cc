#include "safety/signing_key.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <stdexcept>

namespace runbook::safety {

namespace {

constexpr std::string_view kPrivateName = "audit.key";
constexpr std::string_view kPublicName = "audit.pub";
constexpr std::size_t kMaxPem = 4096;
constexpr std::size_t kSignatureBytes = 64;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

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
Result<KeyHandle> read_pem(Storage& storage, const std::filesystem::path& path, Read read) {
  auto pem = read_file(storage, path, kMaxPem);
  if (!pem && pem.error().code == Code::kNotFound) {
    return Error{.code = Code::kAudit,
                 .message = "the key of the audit log is missing",
                 .where = path.string(),
                 .next = "put it back, or begin a new state directory and keep this one as it is"};
  }
  if (!pem) return pem.error();
  const Bio bio(BIO_new_mem_buf(pem->data(), static_cast<int>(pem->size())));
  KeyHandle key(read(bio.get(), nullptr, nullptr, nullptr));
  if (key == nullptr || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) {
    return Error{.code = Code::kAudit, .message = "is no Ed25519 key in PEM", .where = path.string()};
  }
  return key;
}

KeyHandle another(const KeyHandle& key) {
  EVP_PKEY_up_ref(key.get());
  return KeyHandle(key.get());
}

}  // namespace

void FreeKey::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

Result<PublicKey> PublicKey::load(Storage& storage, const std::filesystem::path& keys) {
  RUNBOOK_TRY(key, read_pem(storage, keys / kPublicName, PEM_read_bio_PUBKEY));
  return PublicKey(std::move(key));
}

bool PublicKey::verifies(std::string_view message, std::string_view signature) const {
  const Context context(EVP_MD_CTX_new());
  return context != nullptr && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message), message.size()) == 1;
}

SigningKey::SigningKey(KeyHandle key) : key_(std::move(key)), public_(another(key_)) {}

Result<SigningKey> SigningKey::load(Storage& storage, const std::filesystem::path& keys) {
  RUNBOOK_TRY(key, read_pem(storage, keys / kPrivateName, PEM_read_bio_PrivateKey));
  return SigningKey(std::move(key));
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
  RUNBOOK_TRY(key, load(storage, keys));
  // Written each time: a crash may have left the private half alone, and the public one follows from it.
  const auto pem = pem_of([&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, key.key_.get()); });
  RUNBOOK_CHECK(write_file(storage, keys / kPublicName, pem));
  RUNBOOK_CHECK(storage.sync_directory(keys));
  return std::move(key);
}

std::string SigningKey::sign(std::string_view message) const {
  const Context context(EVP_MD_CTX_new());
  std::string signature(kSignatureBytes, '\0');
  std::size_t length = signature.size();
  if (context == nullptr || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length, bytes_of(message),
                     message.size()) != 1) {
    throw std::runtime_error("OpenSSL cannot sign");
  }
  return signature;
}

}  // namespace runbook::safety

#include "net/ssh_key_file.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/text.h"
#include "net/ssh_text.h"

namespace runbook::net {

namespace {

constexpr std::size_t kLongestKey = 64U << 10U;
constexpr std::string_view kMagic("openssh-key-v1\0", 15);

Error no_key(const char* why) { return {Code::kProtocol, std::string("no private key: ") + why}; }

Result<KeyFile> parse_openssh(std::string_view body) {
  std::string letters;
  std::copy_if(body.begin(), body.end(), std::back_inserter(letters), [](char c) { return c > ' '; });
  const auto bytes = from_base64(letters);
  if (!bytes || !bytes->starts_with(kMagic)) return no_key("its text is not what it says");
  SshReader reader(std::string_view(*bytes).substr(kMagic.size()));
  const auto cipher = reader.text();
  const auto kdf = reader.text();
  const auto options = reader.text();
  const auto count = reader.number();
  const auto key = reader.text();
  if (!cipher || !kdf || !options || !count || !key) return no_key("it breaks off");
  const auto type = SshReader(*key).text();
  if (!type || type->empty()) return no_key("its public half has no type");
  return KeyFile{.type = std::string(*type), .public_key = std::string(*key), .encrypted = *cipher != "none"};
}

}  // namespace

Result<KeyFile> parse_key_file(std::string_view text) {
  const auto begin = text.find("-----BEGIN ");
  const auto head_end = begin == std::string_view::npos ? begin : text.find("-----", begin + 11);
  const auto end = text.find("-----END ");
  if (head_end == std::string_view::npos || end == std::string_view::npos || end < head_end)
    return no_key("it has no beginning and end");
  const auto what = text.substr(begin + 11, head_end - begin - 11);
  const auto body = text.substr(head_end + 5, end - head_end - 5);
  if (what == "OPENSSH PRIVATE KEY") return parse_openssh(body);
  const bool encrypted = body.find("ENCRYPTED") != std::string_view::npos || what.starts_with("ENCRYPTED");
  if (what == "EC PRIVATE KEY") return KeyFile{.type = "ecdsa-sha2-nistp256", .encrypted = encrypted};
  if (what == "RSA PRIVATE KEY") return KeyFile{.type = "ssh-rsa", .encrypted = encrypted};
  if (what == "DSA PRIVATE KEY") return KeyFile{.type = "ssh-dss", .encrypted = encrypted};
  if (what.ends_with("PRIVATE KEY")) return KeyFile{.type = "pkcs8", .encrypted = encrypted};
  return no_key("it holds something else");
}

Result<KeyFile> read_key_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{.code = Code::kNotFound, .message = "there is no such key", .where = path};
  std::string text(kLongestKey, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse_key_file(text);
}

}  // namespace runbook::net

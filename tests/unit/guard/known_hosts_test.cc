#include "guard/known_hosts.h"

#include "base/hash.h"
#include "base/text.h"
#include "catch.h"
#include "guard/known_hosts_line.h"

using namespace runbook;
using Kind = guard::HostKeyVerdict::Kind;

namespace {

std::string text_of(std::string_view part) {
  const auto size = static_cast<unsigned>(part.size());
  return {static_cast<char>(size >> 24U), static_cast<char>(size >> 16U), static_cast<char>(size >> 8U),
          static_cast<char>(size)};
}

// A key as it comes over the wire: its type, and what tells it from others.
std::string key(std::string_view name, std::string_view type = "ssh-ed25519") {
  const auto body = sha256(name).substr(0, 32);
  return text_of(type) + std::string(type) + text_of(body) + body;
}

std::string line(const std::string& names, std::string_view name, std::string_view type = "ssh-ed25519") {
  return names + " " + std::string(type) + " " + to_base64(key(name, type)) + "\n";
}

std::string hashed(std::string_view name) {
  const std::string salt = "twenty bytes of salt";
  return "|1|" + to_base64(salt) + "|" + to_base64(hmac_sha1(salt, name));
}

guard::HostKeyVerdict judge(const std::string& text, std::string_view host, std::string_view name,
                            std::uint16_t port = 22) {
  guard::KnownHosts hosts;
  hosts.add("known_hosts", text);
  return hosts.judge(host, port, key(name));
}

Kind kind(const std::string& text, std::string_view host, std::string_view name, std::uint16_t port = 22) {
  return judge(text, host, name, port).kind;
}

}  // namespace

TEST_CASE("HMAC-SHA1 is that of RFC 2202") {
  CHECK(to_hex(hmac_sha1("Jefe", "what do ya want for nothing?")) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  CHECK(to_hex(hmac_sha1(std::string(20, '\x0b'), "Hi There")) == "b617318655057264e28bc0b6fb378c8ef146be00");
}

TEST_CASE("a recorded key is known, another one is changed, and a host of which nothing is recorded is unknown") {
  const auto text = "# ours\n\n" + line("cache.lxd,10.0.0.1", "a");
  CHECK(kind(text, "cache.lxd", "a") == Kind::kKnown);
  CHECK(judge(text, "cache.lxd", "a").where == "known_hosts:3");
  CHECK(kind(text, "10.0.0.1", "a") == Kind::kKnown);
  CHECK(kind(text, "api.lxd", "a") == Kind::kUnknown);
  const auto changed = judge(text, "cache.lxd", "b");
  CHECK(changed.kind == Kind::kChanged);
  REQUIRE(changed.recorded.size() == 1);
  CHECK(changed.recorded[0].where == "known_hosts:3");
  CHECK(changed.recorded[0].type == "ssh-ed25519");
}

TEST_CASE("names are compared without regard to case, hashed ones too") {
  CHECK(kind(line("Cache.LXD", "a"), "cache.lxd", "a") == Kind::kKnown);
  CHECK(kind(line("cache.lxd", "a"), "CACHE.lxd", "a") == Kind::kKnown);
  CHECK(kind(line(hashed("cache.lxd"), "a"), "Cache.lxd", "a") == Kind::kKnown);
  CHECK(kind(line(hashed("cache.lxd"), "a"), "api.lxd", "a") == Kind::kUnknown);
  CHECK(kind(line(hashed("[cache.lxd]:2222"), "a"), "cache.lxd", "a", 2222) == Kind::kKnown);
}

TEST_CASE("wildcards match, and an exclamation mark excludes whatever else matches") {
  CHECK(kind(line("*.lxd", "a"), "cache.lxd", "a") == Kind::kKnown);
  CHECK(kind(line("cache-?.lxd", "a"), "cache-1.lxd", "a") == Kind::kKnown);
  CHECK(kind(line("cache-?.lxd", "a"), "cache-12.lxd", "a") == Kind::kUnknown);
  CHECK(kind(line("*.lxd,!cache.lxd", "a"), "cache.lxd", "a") == Kind::kUnknown);
  CHECK(kind(line("!cache.lxd,*.lxd", "a"), "api.lxd", "a") == Kind::kKnown);
  CHECK(kind(line("!cache.lxd", "a"), "api.lxd", "a") == Kind::kUnknown);
}

TEST_CASE("a port other than 22 has its own names; a key of the name alone counts when there is none") {
  CHECK(kind(line("[cache.lxd]:2222", "a"), "cache.lxd", "a", 2222) == Kind::kKnown);
  CHECK(kind(line("[cache.lxd]:2222", "a"), "cache.lxd", "a") == Kind::kUnknown);
  CHECK(kind(line("[cache.lxd]:2222", "a"), "cache.lxd", "a", 2223) == Kind::kUnknown);
  CHECK(kind(line("cache.lxd", "a"), "cache.lxd", "a", 2222) == Kind::kKnown);
  CHECK(kind(line("cache.lxd", "a"), "cache.lxd", "b", 2222) == Kind::kUnknown);
  CHECK(kind(line("cache.lxd", "a") + line("[cache.lxd]:2222", "b"), "cache.lxd", "a", 2222) == Kind::kChanged);
  CHECK(kind(line("cache.lxd", "a") + line("[cache.lxd]:2222", "b"), "cache.lxd", "b", 2222) == Kind::kKnown);
}

TEST_CASE("a revoked key is revoked wherever that is said and whatever else is") {
  const auto known = line("cache.lxd", "a");
  CHECK(kind(known + line("@revoked *", "a"), "cache.lxd", "a") == Kind::kRevoked);
  CHECK(kind(line("@revoked *", "a") + known, "cache.lxd", "a") == Kind::kRevoked);
  CHECK(kind(known + line("@revoked api.lxd", "a"), "cache.lxd", "a") == Kind::kKnown);
  CHECK(kind(known + line("@revoked *", "b"), "cache.lxd", "a") == Kind::kKnown);
  CHECK(kind(line("@revoked *", "b"), "cache.lxd", "a") == Kind::kUnknown);
  CHECK(kind(known + line("@revoked\t*", "a"), "cache.lxd", "a") == Kind::kRevoked);
  CHECK(kind(known + "@revoked * ED25519 " + to_base64(key("a")) + "\n", "cache.lxd", "a") == Kind::kRevoked);
  CHECK(kind(line("[cache.lxd]:2222", "a") + line("@revoked cache.lxd", "a"), "cache.lxd", "a", 2222) ==
        Kind::kRevoked);
}

TEST_CASE("a host that is known through an authority alone is unknown, and says so") {
  const auto verdict = judge(line("@cert-authority *.lxd", "ca"), "cache.lxd", "ca");
  CHECK(verdict.kind == Kind::kUnknown);
  CHECK(verdict.by_authority);
  CHECK_FALSE(judge(line("cache.lxd", "a"), "cache.lxd", "a").by_authority);
}

TEST_CASE("broken lines count for nothing, and those around them stay") {
  for (const auto& broken : std::vector<std::string>{
           "cache.lxd", "cache.lxd ssh-ed25519", "cache.lxd ssh-ed25519 %%%%",
           "cache.lxd ssh-rsa " + to_base64(key("a")), "@unknown cache.lxd ssh-ed25519 " + to_base64(key("a")),
           "@revoked", "@", "|1|x|y ssh-ed25519 AAAA", "#cache.lxd ssh-ed25519 " + to_base64(key("a")),
           std::string("cache.lxd ssh-ed25519\0 AAAA", 27),
           "@revoked @revoked cache.lxd ssh-ed25519 " + to_base64(key("b"))}) {
    INFO(escaped(broken));
    CHECK(kind(broken + "\n", "cache.lxd", "a") == Kind::kUnknown);
    CHECK(kind(broken + "\n" + line("cache.lxd", "b"), "cache.lxd", "b") == Kind::kKnown);
  }
  auto with_nul = line("cache.lxd", "a");
  with_nul.insert(with_nul.find(' '), 1, '\0');
  CHECK(kind(with_nul, "cache.lxd", "a") == Kind::kKnown);  // as OpenSSH reads it: without it, b would be unknown
  CHECK(kind(with_nul, "cache.lxd", "b") == Kind::kChanged);
  auto with_returns = line("cache.lxd", "a");
  with_returns.insert(with_returns.size() - 1, "\r");
  CHECK(kind(with_returns, "cache.lxd", "a") == Kind::kKnown);
}

TEST_CASE("what to ask a host for first is what is recorded for it, in the order of the files") {
  guard::KnownHosts hosts;
  hosts.add("one", line("cache.lxd", "a", "ssh-rsa") + line("cache.lxd", "b") + line("@revoked *", "b"));
  hosts.add("two", line("cache.lxd", "c", "ecdsa-sha2-nistp256") + line("cache.lxd", "d", "ssh-rsa"));
  CHECK(hosts.types_of("cache.lxd", 22) == std::vector<std::string>{"ssh-rsa", "ecdsa-sha2-nistp256"});
  CHECK(hosts.types_of("cache.lxd", 2222) == std::vector<std::string>{"ssh-rsa", "ecdsa-sha2-nistp256"});
  CHECK(hosts.types_of("api.lxd", 22).empty());
  CHECK(hosts.judge("cache.lxd", 22, key("c", "ecdsa-sha2-nistp256")).where == "two:1");
}

TEST_CASE("a key says its type, and what is no key says none") {
  CHECK(guard::type_of_key(key("a")) == "ssh-ed25519");
  for (const auto& none : {std::string(), std::string("\0\0\0", 3), std::string("\xff\xff\xff\xff", 4) + "ssh",
                           std::string("\0\0\0\x03ssh", 7), std::string("\0\0\0\x01\x1b.", 6)})
    CHECK(guard::type_of_key(none).empty());
}

TEST_CASE("a line that we write is one that we read, with its name or without") {
  const std::string salt = "twenty bytes of salt";
  for (const auto port : {22, 2222}) {
    const auto at = static_cast<std::uint16_t>(port);
    const auto name = guard::known_hosts_name("Cache.LXD", at);
    for (const auto& hidden : {std::string(), salt}) {
      const auto text = guard::known_hosts_line(name, key("a"), hidden).value();
      CHECK(text.ends_with("\n"));
      CHECK((text.find("cache") == std::string::npos) == !hidden.empty());
      CHECK(kind(text, "cache.lxd", "a", at) == Kind::kKnown);
      CHECK(kind(text, "other.lxd", "a", at) == Kind::kUnknown);
    }
  }
}

TEST_CASE("a name that would be read as another is recorded only when it is hashed") {
  const std::string salt = "twenty bytes of salt";
  for (const std::string name : {"*", "a,b", "!a", "a?", "#a", "@revoked", "|1|a", "a b", "a\tb", "a\nb", ""}) {
    CHECK(guard::known_hosts_line(name, key("a"), {}).error().code == Code::kConfig);
    CHECK(guard::known_hosts_line(name, key("a"), salt));
  }
  CHECK(guard::known_hosts_line("a", "no key", {}).error().code == Code::kProtocol);
}

TEST_CASE("an authority is seen for each name that it is named for") {
  guard::KnownHosts hosts;
  hosts.add("known_hosts", "@cert-authority *.lxd " + line("", "ca").substr(1));
  CHECK(hosts.has_authority("cache.lxd", 22));
  CHECK(hosts.has_authority("Cache.lxd", 2222));
  CHECK_FALSE(hosts.has_authority("cache.example", 22));
}

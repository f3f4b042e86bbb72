// Whether a host's key is the one that OpenSSH's known_hosts files name for it.
//
// libssh2 has code for these files; it ignores @revoked, wildcards, negation and @cert-authority, compares names with
// regard to case and drops those of one or two letters. So this is our own, after sshd(8) "SSH_KNOWN_HOSTS FILE
// FORMAT" and what OpenSSH 9.2 does:
//
//   [@cert-authority|@revoked] NAMES TYPE BASE64 [comment]
//
//   NAMES   patterns with * and ?, separated by commas, !pattern excludes the line's other patterns; a port other than
//           22 as [name]:port; or one name as |1|SALT|HASH: HMAC-SHA1 of the name under the salt, both base64
//
// A host is looked for by its name in lower case, and with [name]:port when its port is not 22. When no line says
// anything of that, a key that is recorded for the name alone counts too, as with ssh.
//
// OpenSSH reads the files in their order and so do we, but the order decides nothing: a revoked key is revoked wherever
// that is said, and a key that is recorded anywhere is known. A key of a host of which only other keys are recorded is
// a changed one, even if those are of other types: who connects asks for the recorded types first (types_of), so that
// no host is called changed for having several.
//
// Where we are stricter than OpenSSH 9.2, on purpose (tests/live/known_hosts_test.cc holds both against each other):
//   * @revoked counts also where a tab follows it, and whatever its line calls the type of its key
//   * what is revoked for the name alone is revoked at each port
//   * a key of the right type and the wrong length counts as recorded: others are changed, to OpenSSH they are unknown
//   * a hashed name has one spelling
// Certificates are not verified here: of a host that is known through @cert-authority alone, ssh itself is asked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace runbook::guard {

/// A line of a file that names a host.
struct RecordedKey {
  std::string type;   // "ssh-ed25519"
  std::string where;  // "/root/.ssh/known_hosts:12"
};

struct HostKeyVerdict {
  enum class Kind : std::uint8_t {
    kKnown,    // this very key is recorded for the host
    kUnknown,  // nothing is recorded for the host, a revoked other key or an authority apart
    kChanged,  // other keys are recorded for the host, and not this one
    kRevoked   // this key is revoked for the host, whatever else is recorded
  };
  Kind kind = Kind::kUnknown;
  std::string where{};                  // the line that says so: known and revoked
  std::vector<RecordedKey> recorded{};  // what is recorded for the host in its place: changed
  bool by_authority = false;            // a @cert-authority line names the host
};

class KnownHosts {
 public:
  KnownHosts() = default;
  KnownHosts(KnownHosts&&) = default;  // no copies: what was said of a name points to lines
  KnownHosts& operator=(KnownHosts&&) = default;

  /// Adds the text of a file. Lines that are broken count for nothing, as with OpenSSH.
  void add(std::string_view file, std::string_view text);

  /// What the files say of a key. `host` as ssh would look it up: its HostKeyAlias (then with port 22) or else its
  /// HostName. `key` is the public key as it came over the wire (RFC 4253, 6.6), not base64.
  [[nodiscard]] HostKeyVerdict judge(std::string_view host, std::uint16_t port, std::string_view key) const;

  /// The types of key that are recorded for a host and not revoked, each once, in the order of the files: what to ask
  /// the host for first.
  [[nodiscard]] std::vector<std::string> types_of(std::string_view host, std::uint16_t port) const;

  /// Whether a @cert-authority line names the host: its certificate may make it known, whatever its key is.
  [[nodiscard]] bool has_authority(std::string_view host, std::uint16_t port) const;

 private:
  enum class Marker : std::uint8_t { kNone, kAuthority, kRevoked };
  struct Line {
    Marker marker = Marker::kNone;
    std::string names;
    std::string type;
    std::string key;
    std::string where;
    bool hashed = false;  // its one name: by these
    std::string salt;
    std::string hash;
  };
  // What the files say of one name as it is looked up.
  struct Said {
    std::vector<const Line*> keys{};
    std::vector<const Line*> revoked{};
    bool by_authority = false;
  };

  static bool parse(std::string_view text, Line& line);
  void index(Line& line, std::size_t number);
  [[nodiscard]] const Said& said_of(const std::string& name) const;
  [[nodiscard]] static HostKeyVerdict judge(const Said& said, std::string_view key);

  std::vector<Line> lines_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_name_;  // lines that only say whole names, by each
  std::vector<std::size_t> by_pattern_;                                // the others: each is tried
  mutable std::unordered_map<std::string, Said> said_{};               // of names that were asked for
};

/// By which name a host is looked for, and recorded: in lower case, [name]:port when its port is not 22.
std::string known_hosts_name(std::string_view host, std::uint16_t port);
/// How a key is shown to people: "SHA256:" and base64 without padding, as ssh-keygen -l does.
std::string fingerprint(std::string_view key);
/// The type that a public key says of itself, such as "ssh-ed25519"; empty when it is no key.
std::string type_of_key(std::string_view key);

}  // namespace runbook::guard

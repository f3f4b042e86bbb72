// Our reading of known_hosts beside that of OpenSSH: the same files, names and keys, and what ssh-keygen finds in them.
// Never may ours be the one that is easier to please. RUNBOOK_BUDGET asks for 100,000 files and names.
#include "guard/known_hosts.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "base/hash.h"
#include "base/text.h"
#include "catch.h"
#include "support/program.h"
#include "support/temp_dir.h"

using namespace runbook;
using Kind = guard::HostKeyVerdict::Kind;

namespace {

using Random = std::mt19937_64;

std::size_t files_to_try() { return std::getenv("RUNBOOK_BUDGET") == nullptr ? 1'000 : 100'000; }

constexpr std::size_t kAtOnce = 40;

template <class List>
const auto& one_of(const List& list, Random& random) {
  return list[random() % list.size()];
}

struct Key {
  std::string type, base64, blob;
};

std::string ed25519(Random& random) {
  std::string blob("\0\0\0\x0bssh-ed25519\0\0\0\x20", 19);
  for (int i = 0; i < 32; ++i) blob += static_cast<char>(random());
  return blob;
}

std::vector<Key> keys(const std::filesystem::path& folder, Random& random) {
  std::vector<Key> out;
  for (int i = 0; i < 4; ++i) {
    const auto blob = ed25519(random);
    out.push_back({"ssh-ed25519", to_base64(blob), blob});
  }
  for (const std::string type : {"rsa", "ecdsa"}) {
    const auto file = (folder / type).string();
    REQUIRE(test::run_program({"ssh-keygen", "-q", "-t", type, "-N", "", "-f", file}).status == 0);
    std::ifstream made(file + ".pub");
    Key key;
    made >> key.type >> key.base64;
    key.blob = *from_base64(key.base64);
    out.push_back(key);
  }
  return out;
}

const std::vector<std::string> kHosts = {"cache-1.lxd", "cache-2.lxd", "a", "10.0.0.1", "fe80::1", "x.y.z"};

std::string with_port(const std::string& host, int port) {
  return port == 22 ? host : "[" + host + "]:" + std::to_string(port);
}

std::string hashed(const std::string& name, Random& random) {
  std::string salt(20, '\0');
  for (auto& byte : salt) byte = static_cast<char>(random());
  auto text = "|1|" + to_base64(salt) + "|" + to_base64(hmac_sha1(salt, name));
  if (random() % 8 == 0) text[random() % text.size()] = "A=|+1 \t"[random() % 7];
  return text;
}

std::string pattern(Random& random) {
  auto name = with_port(one_of(kHosts, random), random() % 4 == 0 ? 2222 : 22);
  if (random() % 4 == 0) {
    for (auto& c : name) c = static_cast<char>(random() % 2 == 0 ? std::toupper(c) : c);
  }
  for (auto changes = random() % 3; changes > 0 && random() % 2 == 0; --changes) {
    const auto at = random() % (name.size() + 1);
    static const std::vector<std::string> kPieces = {"*", "?", "**", "!", ",", "[", "]", ":2222", "."};
    name.replace(at, random() % 3 == 0 ? 0 : std::min<std::size_t>(1 + random() % 4, name.size() - at),
                 one_of(kPieces, random));
  }
  if (random() % 30 == 0) name += std::string(1000 + random() % 60, '*');
  return (random() % 5 == 0 ? "!" : "") + name;
}

std::string names(Random& random) {
  if (random() % 8 == 0) return "*";
  if (random() % 4 == 0) return hashed(with_port(one_of(kHosts, random), random() % 4 == 0 ? 2222 : 22), random);
  auto text = pattern(random);
  while (random() % 3 == 0) text += "," + pattern(random);
  return text;
}

std::string blanks(Random& random) {
  static const std::vector<std::string> kBlanks = {" ", " ", " ", " ", "\t", "  ", " \t"};
  return one_of(kBlanks, random);
}

std::string line(const std::vector<Key>& keys, Random& random) {
  static const std::vector<std::string> kMarkers = {"@revoked", "@revoked", "@cert-authority",   "@other",
                                                    "@",        "@Revoked", "@revoked @revoked", "@@revoked"};
  static const std::vector<std::string> kTypes = {"ED25519", "ssh-rsa", "RSA", "ssh-foo", "", "1024", "SSH-ED25519"};
  static const std::vector<std::string> kEnds = {"", "", " me@here", "\t# x", "\r", " \r", "=", "AAAA", "#x", "\v"};
  std::string text = random() % 8 == 0 ? blanks(random) : "";
  if (random() % 4 == 0) text += one_of(kMarkers, random) + blanks(random);
  const auto& key = one_of(keys, random);
  text += names(random) + blanks(random) + (random() % 10 == 0 ? one_of(kTypes, random) : key.type) + blanks(random);
  auto base64 = key.base64;
  if (random() % 12 == 0) base64.resize(random() % base64.size());
  if (random() % 15 == 0) base64.insert(random() % (base64.size() + 1), one_of(kEnds, random));
  text += base64 + one_of(kEnds, random);
  if (random() % 15 == 0) text.insert(random() % text.size(), 1, "\0# \t@|!"[random() % 7]);
  return text + (random() % 20 == 0 ? "\r\n" : "\n");
}

std::string file_text(const std::vector<Key>& keys, Random& random) {
  std::string text;
  for (auto lines = 1 + random() % 12; lines > 0; --lines) {
    text += random() % 12 == 0 ? std::string(random() % 2 == 0 ? "# x\n" : "\n") : line(keys, random);
  }
  if (random() % 10 == 0) text.pop_back();
  return text;
}

// A line that ssh-keygen finds for a name.
struct Found {
  std::size_t line = 0;
  std::string marker, fingerprint;
};

std::vector<Found> find(const std::string& file, const std::string& name) {
  std::vector<Found> found;
  std::istringstream said(test::run_program({"ssh-keygen", "-l", "-F", name, "-f", file}).output);
  const auto head = "# Host " + name + " found: line ";
  Found next;
  for (std::string each; std::getline(said, each);) {
    if (each.starts_with(head)) {
      next = {
          .line = std::stoul(each.substr(head.size())), .marker = each.substr(each.rfind(' ') + 1), .fingerprint = {}};
    } else if (const auto at = each.find("SHA256:"); at != std::string::npos) {
      next.fingerprint = each.substr(at, 7 + 43);
      found.push_back(next);
    }
  }
  return found;
}

// What ssh makes of what is found for a name in the lines from `first` up to `end`.
Kind judge(const std::vector<Found>& found, std::size_t first, std::size_t end, const Key& key) {
  auto kind = Kind::kUnknown;
  for (const auto& each : found) {
    if (each.line < first || each.line >= end) continue;
    const bool same = each.fingerprint == guard::fingerprint(key.blob);
    if (each.marker == "REVOKED" && same) return Kind::kRevoked;
    if (!each.marker.empty() || kind == Kind::kKnown) continue;
    kind = same ? Kind::kKnown : Kind::kChanged;
  }
  return kind;
}

// How hard to please: known goes on, unknown asks for an enrolment, changed and revoked end there.
int strictness(Kind kind) {
  switch (kind) {
    case Kind::kKnown:
      return 0;
    case Kind::kUnknown:
      return 1;
    case Kind::kChanged:
      return 2;
    case Kind::kRevoked:
      return 3;
  }
  return -1;
}

}  // namespace

TEST_CASE("no file of known hosts pleases us more easily than OpenSSH") {
  const test::TempDir folder;
  const auto file = (folder.path() / "known_hosts").string();
  const char* seed = std::getenv("RUNBOOK_SEED");
  Random random(seed == nullptr ? 1 : std::strtoull(seed, nullptr, 10));
  const auto pool = keys(folder.path(), random);
  std::map<Kind, std::size_t> verdicts;
  std::size_t stricter = 0;
  for (std::size_t tried = 0; tried < files_to_try(); tried += kAtOnce) {
    // One process of theirs finds a name in many files, one behind the other.
    std::vector<std::string> texts;
    std::string all;
    for (std::size_t i = 0; i < kAtOnce; ++i) {
      texts.push_back(file_text(pool, random));
      all += texts.back();
      if (!texts.back().empty() && !all.ends_with('\n') && i + 1 < kAtOnce) all += '\n';
    }
    std::ofstream(file, std::ios::binary) << all;
    const auto& host = one_of(kHosts, random);
    const int port = random() % 3 == 0 ? 2222 : 22;
    const auto here = find(file, with_port(host, port));
    const auto plain = port == 22 ? std::vector<Found>() : find(file, host);
    std::size_t first = 1;
    for (const auto& text : texts) {
      const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
      const auto end = first + lines + (text.empty() || text.ends_with('\n') ? 0 : 1);
      guard::KnownHosts ours;
      ours.add(file, text);
      for (const auto& key : pool) {
        auto theirs = judge(here, first, end, key);
        // As ssh does: without the port, when nothing is recorded with it.
        if (theirs == Kind::kUnknown && judge(plain, first, end, key) == Kind::kKnown) theirs = Kind::kKnown;
        const auto verdict = ours.judge(host, static_cast<std::uint16_t>(port), key.blob);
        ++verdicts[verdict.kind];
        if (verdict.kind == theirs) continue;
        ++stricter;
        INFO(with_port(host, port) << ' ' << key.base64 << "\nours " << strictness(verdict.kind) << " theirs "
                                   << strictness(theirs) << '\n'
                                   << escaped(text));
        CHECK(strictness(verdict.kind) > strictness(theirs));
      }
      first = end;
    }
  }
  WARN(files_to_try() << " files and names: " << verdicts[Kind::kKnown] << " keys known, " << verdicts[Kind::kUnknown]
                      << " unknown, " << verdicts[Kind::kChanged] << " changed, " << verdicts[Kind::kRevoked]
                      << " revoked; " << stricter << " judged more strictly than by OpenSSH");
  for (const auto kind : {Kind::kKnown, Kind::kUnknown, Kind::kChanged, Kind::kRevoked}) CHECK(verdicts[kind] > 5);
}

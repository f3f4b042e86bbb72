#include "guard/known_hosts.h"

#include <algorithm>

#include "base/hash.h"
#include "base/text.h"
#include "base/wildcard.h"

namespace runbook::guard {

namespace {

constexpr std::string_view kBlank = " \t";
constexpr std::string_view kBlankOrNul(" \t\0", 3);
constexpr std::uint16_t kPortOfSsh = 22;
constexpr std::size_t kLongestPattern = 1022;  // of OpenSSH: a longer one matches nothing, nor does its line

std::string_view without_blanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
  return text;
}

// Takes what stands before the next blank, and the blanks.
std::string_view take_field(std::string_view& text) {
  const auto end = std::min(text.find_first_of(kBlank), text.size());
  const auto field = text.substr(0, end);
  text = without_blanks(text.substr(end));
  return field;
}

struct HashedName {
  std::string salt;
  std::string hash;
};

// Nothing for one that no name has.
HashedName hashed_name(std::string_view names) {
  const auto parts = split(names, '|');  // "", "1", salt, hash
  if (parts.size() != 4 || parts[1] != "1") return {};
  const auto salt = from_base64(parts[2]).value_or("");
  const auto hash = from_base64(parts[3]).value_or("");
  if (salt.size() != 20 || to_base64(salt) != parts[2] || to_base64(hash) != parts[3]) return {};
  return {.salt = salt, .hash = hash};
}

bool names_host(std::string_view names, std::string_view name) {
  bool found = false;
  for (auto pattern : split(names, ',')) {
    const bool excluded = pattern.starts_with('!');
    if (excluded) pattern.remove_prefix(1);
    if (pattern.size() > kLongestPattern) return false;
    if (!is_like(name, lower(pattern))) continue;
    if (excluded) return false;
    found = true;
  }
  return found;
}

// OpenSSH skips the C library's blanks within base64, such as the \r of a file with CRLF.
std::string without_returns(std::string_view text) {
  std::string dense;
  std::copy_if(text.begin(), text.end(), std::back_inserter(dense),
               [](char c) { return std::string_view("\r\v\f").find(c) == std::string_view::npos; });
  return dense;
}

}  // namespace

std::string known_hosts_name(std::string_view host, std::uint16_t port) {
  const auto name = lower(host);
  return port == kPortOfSsh ? name : "[" + name + "]:" + std::to_string(port);
}

std::string fingerprint(std::string_view key) {
  const auto hex = sha256(key);
  std::string digest;
  for (std::size_t at = 0; at < hex.size(); at += 2)
    digest += static_cast<char>(std::stoul(hex.substr(at, 2), nullptr, 16));
  auto base64 = to_base64(digest);
  base64.erase(std::min(base64.find('='), base64.size()));
  return "SHA256:" + base64;
}

std::string type_of_key(std::string_view key) {
  if (key.size() < 4) return {};
  std::size_t length = 0;
  for (const char byte : key.substr(0, 4)) length = length << 8U | static_cast<unsigned char>(byte);
  if (length == 0 || length > 64 || key.size() <= 4 + length) return {};
  const auto type = key.substr(4, length);
  const bool printable = std::all_of(type.begin(), type.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  return printable ? std::string(type) : std::string();
}

// Names and key of a line; false when it is none.
bool KnownHosts::parse(std::string_view text, Line& line) {
  auto rest = without_blanks(text);
  if (rest.starts_with('#')) return false;
  if (rest.starts_with('@')) {
    const auto marker = take_field(rest);
    if (marker != "@revoked" && marker != "@cert-authority") return false;
    line.marker = marker == "@revoked" ? Marker::kRevoked : Marker::kAuthority;
  }
  // As C reads it: a NUL ends the names as a blank does, and anywhere else the line.
  const auto end = std::min(rest.find_first_of(kBlankOrNul), rest.size());
  line.names = rest.substr(0, end);
  rest = without_blanks(rest.substr(std::min(end + 1, rest.size())));
  rest = rest.substr(0, rest.find('\0'));
  const auto type = take_field(rest);
  const auto base64 = without_returns(take_field(rest));
  line.key = from_base64(base64).value_or("");
  line.type = type_of_key(line.key);
  if (line.names.empty() || line.type.empty()) return false;
  return line.marker == Marker::kRevoked || (line.type == type && to_base64(line.key) == base64);
}

void KnownHosts::add(std::string_view file, std::string_view text) {
  int number = 0;
  for (const auto each : split(text, '\n')) {
    ++number;
    Line line;
    if (!parse(each, line)) continue;
    line.where = std::string(file) + ":" + std::to_string(number);
    index(line, lines_.size());
    lines_.push_back(std::move(line));
  }
  said_.clear();
}

// Files of hundreds of hosts are asked for each of them.
void KnownHosts::index(Line& line, std::size_t number) {
  line.hashed = line.names.starts_with('|');
  if (line.hashed) {
    auto [salt, hash] = hashed_name(line.names);
    line.salt = std::move(salt);
    line.hash = std::move(hash);
    if (!line.hash.empty()) by_pattern_.push_back(number);
    return;
  }
  const auto names = split(line.names, ',');
  const bool whole = line.names.find_first_of("*?!") == std::string::npos &&
                     std::all_of(names.begin(), names.end(), [](auto name) { return name.size() <= kLongestPattern; });
  if (!whole) return by_pattern_.push_back(number);
  for (const auto name : names) {
    auto& numbers = by_name_[lower(name)];
    if (numbers.empty() || numbers.back() != number) numbers.push_back(number);
  }
}

const KnownHosts::Said& KnownHosts::said_of(const std::string& name) const {
  const auto [found, is_new] = said_.try_emplace(name);
  auto& said = found->second;
  if (!is_new) return said;
  const auto named = by_name_.find(name);
  auto numbers = named == by_name_.end() ? std::vector<std::size_t>() : named->second;
  std::copy_if(by_pattern_.begin(), by_pattern_.end(), std::back_inserter(numbers), [&](std::size_t number) {
    const auto& line = lines_[number];
    return line.hashed ? hmac_sha1(line.salt, name) == line.hash : names_host(line.names, name);
  });
  std::sort(numbers.begin(), numbers.end());  // the order of the files
  for (const auto number : numbers) {
    const auto& line = lines_[number];
    if (line.marker == Marker::kNone) said.keys.push_back(&line);
    if (line.marker == Marker::kRevoked) said.revoked.push_back(&line);
    said.by_authority = said.by_authority || line.marker == Marker::kAuthority;
  }
  return said;
}

HostKeyVerdict KnownHosts::judge(const Said& said, std::string_view key) {
  using Kind = HostKeyVerdict::Kind;
  HostKeyVerdict verdict{.by_authority = said.by_authority};
  const auto find = [key](const std::vector<const Line*>& lines) {
    const auto found = std::find_if(lines.begin(), lines.end(), [key](const Line* line) { return line->key == key; });
    return found == lines.end() ? nullptr : *found;
  };
  if (const auto* line = find(said.revoked)) {
    verdict.kind = Kind::kRevoked;
    verdict.where = line->where;
  } else if (const auto* known = find(said.keys)) {
    verdict.kind = Kind::kKnown;
    verdict.where = known->where;
  } else if (!said.keys.empty()) {
    verdict.kind = Kind::kChanged;
    for (const auto* other : said.keys) verdict.recorded.push_back({other->type, other->where});
  }
  return verdict;
}

HostKeyVerdict KnownHosts::judge(std::string_view host, std::uint16_t port, std::string_view key) const {
  using Kind = HostKeyVerdict::Kind;
  auto verdict = judge(said_of(known_hosts_name(host, port)), key);
  if (port == kPortOfSsh || verdict.kind == Kind::kRevoked) return verdict;
  const auto plain = judge(said_of(known_hosts_name(host, kPortOfSsh)), key);
  const bool counts = plain.kind == Kind::kRevoked || (plain.kind == Kind::kKnown && verdict.kind == Kind::kUnknown);
  return counts ? plain : verdict;
}

std::vector<std::string> KnownHosts::types_of(std::string_view host, std::uint16_t port) const {
  const auto& at_port = said_of(known_hosts_name(host, port));
  const auto& said = at_port.keys.empty() ? said_of(known_hosts_name(host, kPortOfSsh)) : at_port;
  std::vector<std::string> types;
  for (const auto* line : said.keys) {
    const bool revoked =
        std::any_of(said.revoked.begin(), said.revoked.end(), [&](const Line* each) { return each->key == line->key; });
    if (!revoked && std::find(types.begin(), types.end(), line->type) == types.end()) types.push_back(line->type);
  }
  return types;
}

bool KnownHosts::has_authority(std::string_view host, std::uint16_t port) const {
  return said_of(known_hosts_name(host, port)).by_authority || said_of(known_hosts_name(host, kPortOfSsh)).by_authority;
}

}  // namespace runbook::guard

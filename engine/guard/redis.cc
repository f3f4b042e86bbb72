#include "guard/redis.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "base/text.h"

namespace runbook::guard {

namespace {

using Words = std::vector<std::string_view>;

constexpr std::size_t kMostWords = 1U << 20U;

constexpr auto kReads = std::to_array<std::string_view>({
    "bitcount",
    "bitfield_ro",
    "bitpos",
    "dbsize",
    "dump",
    "exists",
    "expiretime",
    "geodist",
    "geohash",
    "geopos",
    "georadius_ro",
    "georadiusbymember_ro",
    "geosearch",
    "get",
    "getbit",
    "getrange",
    "hexists",
    "hget",
    "hgetall",
    "hkeys",
    "hlen",
    "hmget",
    "hrandfield",
    "hscan",
    "hstrlen",
    "hvals",
    "info",
    "lastsave",
    "lindex",
    "llen",
    "lpos",
    "lrange",
    "mget",
    "pexpiretime",
    "ping",
    "pttl",
    "randomkey",
    "role",
    "scan",
    "scard",
    "sdiff",
    "sinter",
    "sintercard",
    "sismember",
    "smembers",
    "smismember",
    "sort_ro",
    "srandmember",
    "sscan",
    "strlen",
    "sunion",
    "time",
    "ttl",
    "type",
    "xlen",
    "xpending",
    "xrange",
    "xrevrange",
    "zcard",
    "zcount",
    "zdiff",
    "zinter",
    "zintercard",
    "zlexcount",
    "zmscore",
    "zrandmember",
    "zrange",
    "zrangebylex",
    "zrangebyscore",
    "zrank",
    "zrevrange",
    "zrevrangebylex",
    "zrevrangebyscore",
    "zrevrank",
    "zscan",
    "zscore",
    "zunion",
});
static_assert(std::is_sorted(kReads.begin(), kReads.end()));

constexpr auto kSubcommandReads = std::to_array<std::string_view>({
    "acl dryrun",
    "acl whoami",
    "client list",
    "command count",
    "command docs",
    "command getkeys",
    "command getkeysandflags",
    "command info",
    "command list",
    "config get",
    "latency doctor",
    "latency graph",
    "latency histogram",
    "latency history",
    "latency latest",
    "memory doctor",
    "memory stats",
    "memory usage",
    "object encoding",
    "object freq",
    "object idletime",
    "object refcount",
    "slowlog get",
    "slowlog len",
    "xinfo consumers",
    "xinfo groups",
    "xinfo stream",
});
static_assert(std::is_sorted(kSubcommandReads.begin(), kSubcommandReads.end()));

// Commands whose first argument is a subcommand: only theirs may be repeated in a message.
constexpr auto kContainers = std::to_array<std::string_view>({
    "acl",
    "client",
    "cluster",
    "command",
    "config",
    "function",
    "latency",
    "memory",
    "module",
    "object",
    "pubsub",
    "script",
    "slowlog",
    "xgroup",
    "xinfo",
});

template <class List>
bool lists(const List& list, std::string_view name) {
  return std::binary_search(list.begin(), list.end(), name);
}

// "<mark><digits>\r\n" at the front of the text, removed from it.
std::optional<std::size_t> take_count(std::string_view& text, char mark) {
  if (text.empty() || text.front() != mark) return std::nullopt;
  const auto end = text.find("\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const auto digits = text.substr(1, end - 1);
  std::size_t count = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  const bool padded = digits.size() > 1 && digits.front() == '0';
  if (error != std::errc() || rest != digits.data() + digits.size() || padded) return std::nullopt;
  text.remove_prefix(end + 2);
  return count;
}

std::optional<std::string_view> take_bulk(std::string_view& text) {
  const auto size = take_count(text, '$');
  if (!size || *size > text.size() || text.substr(*size, 2) != "\r\n") return std::nullopt;
  const auto bulk = text.substr(0, *size);
  text.remove_prefix(*size + 2);
  return bulk;
}

std::optional<Words> take_command(std::string_view& text) {
  const auto count = take_count(text, '*');
  if (!count || *count == 0 || *count > kMostWords) return std::nullopt;
  Words words;
  for (std::size_t i = 0; i < *count; ++i) {
    const auto bulk = take_bulk(text);
    if (!bulk) return std::nullopt;
    words.push_back(*bulk);
  }
  return words;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 9 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// HELLO [protover [AUTH user password] [SETNAME name]]
bool is_hello(const Words& words) {
  if (words.size() == 1) return true;
  if (!is_number(words[1])) return false;
  for (std::size_t at = 2; at < words.size();) {
    const auto option = lower(words[at]);
    const std::size_t length = option == "auth" ? 3 : option == "setname" ? 2 : 0;
    if (length == 0 || at + length > words.size()) return false;
    at += length;
  }
  return true;
}

bool belongs_to_login(const Words& words, std::string_view name) {
  if (name == "auth") return words.size() == 2 || words.size() == 3;
  if (name == "select") return words.size() == 2 && is_number(words[1]);
  if (name == "hello") return is_hello(words);
  return name == "client" && words.size() == 3 && lower(words[1]) == "setname";
}

bool is_read(const Words& words, std::string_view name) {
  if (lists(kReads, name)) return true;
  if (words.size() == 1) return name == "command";
  return lists(kSubcommandReads, std::string(name) + ' ' + lower(words[1]));
}

bool is_permitted(const Words& words, const Permit* permit) {
  if (permit == nullptr) return false;
  const auto& sends = permit->sends();
  return std::any_of(sends.begin(), sends.end(), [&](const Argv& argv) {
    return std::equal(argv.begin(), argv.end(), words.begin(), words.end());
  });
}

Error refusal(const Words& words, std::string_view name, const Permit* permit) {
  std::string shown = escaped(words[0], 40);
  if (words.size() > 1 && lists(kContainers, name)) shown += ' ' + escaped(words[1], 40);
  if (permit == nullptr)
    return {Code::kRefused, "the guard let no bytes out: " + shown + " is not on its list of Redis reads"};
  return {Code::kRefused, "the guard let no bytes out: " + shown + " is neither a read nor what intent " +
                              std::to_string(permit->intent()) + " permits"};
}

}  // namespace

Result<> RedisGuard::look(std::string_view outgoing, const Permit* permit) const {
  do {
    const auto words = take_command(outgoing);
    if (!words) return Error{Code::kRefused, "the guard let no bytes out: they are not whole Redis commands"};
    const auto name = lower((*words)[0]);
    const bool passes = is_read(*words, name) || belongs_to_login(*words, name) || is_permitted(*words, permit);
    if (!passes) return refusal(*words, name, permit);
  } while (!outgoing.empty());
  return {};
}

}  // namespace runbook::guard

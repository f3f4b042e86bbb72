#include "primitive/read/redis_effect.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "base/text.h"

namespace runbook::primitive {

namespace {

using Names = std::initializer_list<std::string_view>;

struct Group {
  std::string_view subject;
  Names commands;
};

const Group kCommands[] = {
    {"server", {"PING", "INFO", "DBSIZE", "TIME", "ROLE", "LASTSAVE", "COMMAND"}},
    {"keys", {"EXISTS", "TYPE", "TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME", "DUMP", "SCAN", "RANDOMKEY", "SORT_RO"}},
    {"strings", {"GET", "MGET", "GETRANGE", "STRLEN"}},
    {"bits", {"GETBIT", "BITCOUNT", "BITPOS", "BITFIELD_RO"}},
    {"lists", {"LLEN", "LINDEX", "LRANGE", "LPOS"}},
    {"sets",
     {"SCARD", "SISMEMBER", "SMISMEMBER", "SMEMBERS", "SRANDMEMBER", "SSCAN", "SDIFF", "SINTER", "SINTERCARD",
      "SUNION"}},
    {"hashes", {"HLEN", "HEXISTS", "HGET", "HMGET", "HGETALL", "HKEYS", "HVALS", "HSTRLEN", "HRANDFIELD", "HSCAN"}},
    {"sorted sets",
     {"ZCARD", "ZCOUNT", "ZLEXCOUNT", "ZSCORE", "ZMSCORE", "ZRANK", "ZREVRANK", "ZRANGE", "ZRANGEBYSCORE",
      "ZRANGEBYLEX", "ZREVRANGE", "ZREVRANGEBYSCORE", "ZREVRANGEBYLEX", "ZRANDMEMBER", "ZSCAN", "ZDIFF", "ZINTER",
      "ZINTERCARD", "ZUNION"}},
    {"streams", {"XLEN", "XRANGE", "XREVRANGE", "XPENDING"}},
    {"geo", {"GEOPOS", "GEODIST", "GEOHASH", "GEOSEARCH", "GEORADIUS_RO", "GEORADIUSBYMEMBER_RO"}},
};

const Group kSubcommands[] = {
    {"ACL", {"DRYRUN", "WHOAMI"}},
    {"CLIENT", {"LIST"}},
    {"COMMAND", {"COUNT", "DOCS", "GETKEYS", "GETKEYSANDFLAGS", "INFO", "LIST"}},
    {"CONFIG", {"GET"}},
    {"LATENCY", {"DOCTOR", "GRAPH", "HISTOGRAM", "HISTORY", "LATEST"}},
    {"MEMORY", {"DOCTOR", "STATS", "USAGE"}},
    {"OBJECT", {"ENCODING", "FREQ", "IDLETIME", "REFCOUNT"}},
    {"SLOWLOG", {"GET", "LEN"}},
    {"XINFO", {"CONSUMERS", "GROUPS", "STREAM"}},
};

bool holds(const Names& names, std::string_view word) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) { return lower(name) == word; });
}

}  // namespace

bool is_redis_read(std::span<const std::string> argv) {
  if (argv.empty()) return false;
  const auto command = lower(argv[0]);
  for (const auto& [subject, subcommands] : kSubcommands) {
    if (command == lower(subject) && argv.size() > 1) return holds(subcommands, lower(argv[1]));
  }
  return std::any_of(std::begin(kCommands), std::end(kCommands),
                     [&](const Group& group) { return holds(group.commands, command); });
}

}  // namespace runbook::primitive

// Readers of single keys of a Redis, and of the largest.
#include <algorithm>
#include <chrono>
#include <unordered_set>

#include "base/text.h"
#include "primitive/read/ask_redis.h"
#include "primitive/read/read_rows.h"
#include "primitive/read/redis_reply.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

using guard::Argv;
using net::Reply;
using safety::ArgSpec;
using safety::ArgType;
using safety::in_words;
using safety::ReadRow;
using safety::Target;
using Connection = std::shared_ptr<net::RedisConnection>;
using std::chrono::steady_clock;

constexpr double kLargestSample = 100'000;
constexpr double kLongestTop = 100;
constexpr std::size_t kBatch = 500;
constexpr std::size_t kLongestShown = 1024;
constexpr auto kMostTime = std::chrono::seconds(3);

struct Sized {
  std::string key;
  std::int64_t bytes;
  std::int64_t ttl_ms;  // -1 when none
};

struct Sample {
  std::unordered_set<std::string> seen;  // SCAN may give a key twice
  std::vector<Sized> keys;
  bool complete = false;
};

// The replies to a batch when all of them are answers, else the first error.
Task<Result<std::vector<Reply>>> all_of(Connection redis, std::vector<Argv> batch, std::string target) {
  auto answers = co_await redis->commands(std::move(batch));
  std::vector<Reply> replies;
  for (auto& answer : answers) {
    if (!answer) {
      auto error = std::move(answer).error();
      error.where = target;
      co_return error;
    }
    replies.push_back(std::move(*answer));
  }
  co_return replies;
}

Task<Result<>> measure(Connection redis, std::vector<std::string> keys, Sample& sample, std::string target) {
  std::vector<Argv> batch;
  for (const auto& key : keys) {
    batch.push_back({"MEMORY", "USAGE", key});
    batch.push_back({"PTTL", key});
  }
  RUNBOOK_CO_TRY(replies, co_await all_of(std::move(redis), std::move(batch), std::move(target)));
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto& usage = replies[2 * i];
    if (usage.kind != Reply::Kind::kInteger) continue;  // gone meanwhile
    sample.keys.push_back({.key = std::move(keys[i]), .bytes = usage.integer, .ttl_ms = replies[2 * i + 1].integer});
  }
  co_return Result<>();
}

Task<Result<>> scan(Connection redis, std::size_t wanted, Sample& sample, std::string target) {
  const auto until = steady_clock::now() + kMostTime;
  std::string cursor = "0";
  while (sample.seen.size() < wanted && steady_clock::now() < until) {
    Argv argv = {"SCAN", cursor, "COUNT", std::to_string(std::min(kBatch, wanted - sample.seen.size()))};
    RUNBOOK_CO_TRY(reply, co_await redis->command(std::move(argv)));
    if (reply.items.size() != 2) co_return Error{Code::kProtocol, "the answer to SCAN has an unknown form", target};
    std::vector<std::string> fresh;
    for (const auto& key : reply.items[1].items) {
      if (sample.seen.size() < wanted && sample.seen.insert(key.text).second) fresh.push_back(key.text);
    }
    RUNBOOK_CO_CHECK(co_await measure(redis, std::move(fresh), sample, target));
    cursor = reply.items[0].text;
    sample.complete = cursor == "0";
    if (sample.complete) break;
  }
  co_return Result<>();
}

Value described(const Sized& sized, const Reply& type) {
  Value::Map key{{"key", bounded(sized.key, kLongestShown)}, {"type", text_of(type)}, {"bytes", sized.bytes}};
  if (sized.ttl_ms >= 0) key["ttl_ms"] = sized.ttl_ms;
  return key;
}

Task<Result<Value>> read_largest_keys(Reach& reach, const Target& target, const Value& args) {
  const auto wanted = static_cast<std::size_t>(std::clamp(args["sample"].number_or(10'000), 1.0, kLargestSample));
  const auto top = static_cast<std::size_t>(std::clamp(args["top"].number_or(10), 1.0, kLongestTop));
  RUNBOOK_CO_TRY(redis, co_await reach.redis(target));
  Sample sample;
  RUNBOOK_CO_CHECK(co_await scan(redis, wanted, sample, target.name));
  const auto without_ttl =
      std::count_if(sample.keys.begin(), sample.keys.end(), [](const Sized& s) { return s.ttl_ms == -1; });
  const auto shown = std::min(top, sample.keys.size());
  std::partial_sort(
      sample.keys.begin(), sample.keys.begin() + static_cast<std::ptrdiff_t>(shown), sample.keys.end(),
      [](const Sized& a, const Sized& b) { return a.bytes != b.bytes ? a.bytes > b.bytes : a.key < b.key; });
  std::vector<Argv> batch = {{"DBSIZE"}};
  for (std::size_t i = 0; i < shown; ++i) batch.push_back({"TYPE", sample.keys[i].key});
  RUNBOOK_CO_TRY(replies, co_await all_of(redis, std::move(batch), target.name));
  Value::List keys;
  for (std::size_t i = 0; i < shown; ++i) keys.push_back(described(sample.keys[i], replies[i + 1]));
  co_return Value(Value::Map{{"sampled", sample.keys.size()},
                             {"total", replies[0].integer},
                             {"without_ttl", without_ttl},
                             {"complete", sample.complete},
                             {"keys", std::move(keys)}});
}

// The command that counts the members of a type; empty for types without members.
std::string_view counter_of(std::string_view type) {
  if (type == "list") return "LLEN";
  if (type == "set") return "SCARD";
  if (type == "hash") return "HLEN";
  if (type == "zset") return "ZCARD";
  if (type == "stream") return "XLEN";
  return {};
}

Task<Result<Value>> read_key(Reach& reach, const Target& target, const Value& args) {
  const auto key = std::string(args["key"].text_or(""));
  RUNBOOK_CO_TRY(redis, co_await reach.redis(target));
  std::vector<Argv> batch = {{"TYPE", key}, {"PTTL", key}, {"MEMORY", "USAGE", key}};
  RUNBOOK_CO_TRY(replies, co_await all_of(redis, std::move(batch), target.name));
  const auto type = std::string(text_of(replies[0]));
  if (type == "none") co_return Value(Value::Map{{"exists", false}});
  Value::Map described{{"exists", true}, {"type", type}, {"bytes", plain_value(replies[2])}};
  if (replies[1].integer >= 0) described["ttl_ms"] = replies[1].integer;
  if (const auto counter = counter_of(type); !counter.empty()) {
    Argv argv = {std::string(counter), key};
    RUNBOOK_CO_TRY(count, co_await ask_redis(reach, target, std::move(argv)));
    described["members"] = plain_value(count);
  }
  co_return Value(std::move(described));
}

Task<Result<Value>> read_dump(Reach& reach, const Target& target, const Value& args) {
  const auto key = std::string(args["key"].text_or(""));
  RUNBOOK_CO_TRY(redis, co_await reach.redis(target));
  std::vector<Argv> batch = {{"DUMP", key}, {"PEXPIRETIME", key}, {"TYPE", key}};
  RUNBOOK_CO_TRY(replies, co_await all_of(redis, std::move(batch), target.name));
  if (replies[0].kind != Reply::Kind::kBulk) co_return Value(Value::Map{{"exists", false}});
  co_return Value(Value::Map{{"exists", true},
                             {"type", text_of(replies[2])},
                             {"expires_at", std::max<std::int64_t>(replies[1].integer, 0)},
                             {"payload", std::move(replies[0].text)}});
}

std::string of_largest_keys(const Value& value) {
  const auto& keys = value["keys"].items();
  auto sampled = in_words(value["sampled"]) + " keys sampled";
  if (keys.empty()) return sampled;
  return sampled + ", largest " + in_words(keys.front()["key"]) + " " + bytes_text(keys.front()["bytes"].number_or(0));
}

constexpr ArgSpec kSampleArgs[] = {
    {"sample", ArgType::kNumber, false, "how many keys to look at, at most 100000; 10000 when not given", "5000"},
    {"top", ArgType::kNumber, false, "how many of them to list, at most 100; 10 when not given", "20"}};
constexpr ArgSpec kKeyArgs[] = {{"key", ArgType::kText, true, "the whole name of one key", "feed:4711"}};

const ReadRow kRows[] = {
    {"redis.dump", "redis", kKeyArgs, "One key as DUMP serialises it, with its expiry; needs Redis 7.0.",
     "{exists, type, payload (bytes), expires_at (milliseconds since 1970; 0 for none)}", read_dump,
     "{client} DUMP {key}", nullptr, true},
    {"redis.key", "redis", kKeyArgs, "What one key is, without its content.",
     "{exists, type, bytes, ttl_ms (nil when none), members (nil for strings)}", read_key,
     "{client} TYPE {key}; {client} MEMORY USAGE {key}; {client} PTTL {key}"},
    {"redis.largest_keys", "redis", kSampleArgs, "The largest of a sample of keys, taken by SCAN within 3 s.",
     "{sampled, total, without_ttl, complete (whether all keys were looked at), keys = list of {key, type, bytes, "
     "ttl_ms}, "
     "largest first}",
     read_largest_keys, "{client} --memkeys", of_largest_keys},
};

}  // namespace

std::span<const ReadRow> redis_key_rows() { return kRows; }

}  // namespace runbook::primitive

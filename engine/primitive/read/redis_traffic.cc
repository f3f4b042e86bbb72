// Readers of who talks to a Redis server and what was slow.
#include <algorithm>

#include "base/text.h"
#include "primitive/read/ask_redis.h"
#include "primitive/read/read_rows.h"
#include "primitive/read/redis_reply.h"

namespace runbook::primitive {

namespace {

using guard::Argv;
using net::Reply;
using safety::ArgSpec;
using safety::ArgType;
using safety::ReadRow;
using safety::Target;

constexpr std::size_t kMostClients = 200;
constexpr double kMostSlow = 128;
constexpr std::size_t kMostWords = 32;
constexpr std::size_t kLongestWord = 256;

Value words_of(const Reply& command) {
  Value::List words;
  for (const auto& word : command.items) {
    if (words.size() == kMostWords) {
      words.emplace_back("…");
      break;
    }
    words.emplace_back(bounded(text_of(word), kLongestWord));
  }
  return words;
}

Value slow_entry(const std::vector<Reply>& fields) {
  Value::Map entry{{"id", std::to_string(fields[0].integer)},
                   {"at", plain_value(fields[1])},
                   {"microseconds", plain_value(fields[2])},
                   {"command", words_of(fields[3])}};
  if (fields.size() > 4) entry["client"] = bounded(text_of(fields[4]), kLongestWord);
  return entry;
}

Task<Result<Value>> read_slowlog(Reach& reach, const Target& target, const Value& args) {
  const double count = std::clamp(args["count"].number_or(16), 1.0, kMostSlow);
  Argv argv = {"SLOWLOG", "GET", std::to_string(static_cast<int>(count))};
  RUNBOOK_CO_TRY(reply, co_await ask_redis(reach, target, std::move(argv)));
  Value::List entries;
  for (const auto& entry : reply.items) {
    if (entry.items.size() >= 4) entries.push_back(slow_entry(entry.items));
  }
  co_return Value(std::move(entries));
}

Value client_of(std::string_view line) {
  const auto fields = parse_fields(line, ' ');
  Value::Map client;
  for (const auto* name : {"addr", "name", "cmd", "user"}) {
    if (const auto found = fields.find(name); found != fields.end())
      client[name] = bounded(found->second.text_or(""), kLongestWord);
  }
  for (const auto* name : {"age", "idle", "omem"}) {
    if (const auto found = fields.find(name); found != fields.end())
      client[name] = number_or_text(found->second.text_or(""));
  }
  return client;
}

Task<Result<Value>> read_clients(Reach& reach, const Target& target, const Value& /*args*/) {
  Argv argv = {"CLIENT", "LIST"};
  RUNBOOK_CO_TRY(reply, co_await ask_redis(reach, target, std::move(argv)));
  std::size_t count = 0;
  Value::List clients;
  for (const auto line : split(text_of(reply), '\n')) {
    if (trim(line).empty()) continue;
    if (++count <= kMostClients) clients.push_back(client_of(trim(line)));
  }
  co_return Value(Value::Map{{"count", count}, {"clients", std::move(clients)}});
}

constexpr ArgSpec kSlowlogArgs[] = {
    {"count", ArgType::kNumber, false, "how many of the latest, at most 128; 16 when not given", "64"}};

const ReadRow kRows[] = {
    {"redis.clients",
     "redis",
     {},
     "Who is connected.",
     "{count, clients = list of {addr, name, age, idle, cmd, user, omem}, the first 200}; seconds and bytes",
     read_clients,
     "{client} CLIENT LIST"},
    {"redis.slowlog", "redis", kSlowlogArgs, "The latest slow commands.",
     "list of {id (text), at (seconds since 1970), microseconds, command (list of text), client}", read_slowlog,
     "{client} SLOWLOG GET {count}"},
};

}  // namespace

std::span<const ReadRow> redis_traffic_rows() { return kRows; }

}  // namespace runbook::primitive

// Readers that take a whole Redis command: what the current user may do, and any read that has no reader of its own.
#include "base/text.h"
#include "primitive/read/ask_redis.h"
#include "primitive/read/read_rows.h"
#include "primitive/read/redis_effect.h"
#include "primitive/read/redis_reply.h"

namespace runbook::primitive {

namespace {

using guard::Argv;
using net::Reply;
using safety::ArgSpec;
using safety::ArgType;
using safety::ReadRow;
using safety::Target;

constexpr std::size_t kLargest = 4U << 20U;

Argv words_of(const Value& list) {
  Argv words;
  for (const auto& word : list.items()) words.emplace_back(word.text_or(""));
  return words;
}

std::size_t size_of(const Reply& reply) {
  std::size_t size = reply.text.size() + 16;
  for (const auto& item : reply.items) size += size_of(item);
  return size;
}

Error cannot_tell(Error error, const Target& target) {
  if (error.message.starts_with("ERR Unknown subcommand") || error.message.starts_with("ERR unknown command")) {
    return {Code::kNotFound, "this server cannot tell what a user may do", target.name,
            "ACL DRYRUN came with Redis 7.0"};
  }
  return error;
}

Task<Result<Value>> read_may(Reach& reach, const Target& target, const Value& args) {
  Argv whoami = {"ACL", "WHOAMI"};
  auto who = co_await ask_redis(reach, target, std::move(whoami));
  if (!who) co_return cannot_tell(std::move(who).error(), target);
  const auto user = std::string(text_of(*who));
  Argv dry_run = {"ACL", "DRYRUN", user};
  for (auto& word : words_of(args["argv"])) dry_run.push_back(std::move(word));
  auto reply = co_await ask_redis(reach, target, std::move(dry_run));
  if (!reply) co_return cannot_tell(std::move(reply).error(), target);
  const bool allowed = text_of(*reply) == "OK";
  co_return Value(
      Value::Map{{"allowed", allowed}, {"user", user}, {"why", allowed ? std::string_view() : text_of(*reply)}});
}

Task<Result<Value>> read_command(Reach& reach, const Target& target, const Value& args) {
  auto argv = words_of(args["argv"]);
  if (!is_redis_read(argv)) {
    co_return Error{Code::kRefused,
                    "redis.read runs only commands that are known to be reads, not " +
                        (argv.empty() ? std::string("nothing") : escaped(argv[0], 40) + (argv.size() > 1 ? " …" : "")),
                    target.name};
  }
  RUNBOOK_CO_TRY(reply, co_await ask_redis(reach, target, std::move(argv)));
  if (const auto size = size_of(reply); size > kLargest) {
    co_return Error{Code::kLimit,
                    "the answer is " + bytes_text(static_cast<double>(size)) + "; redis.read gives at most " +
                        bytes_text(static_cast<double>(kLargest)),
                    target.name};
  }
  co_return plain_value(reply);
}

constexpr ArgSpec kCommandArgs[] = {
    {"argv", ArgType::kArgv, true, "the command and its arguments, each a text of its own", "TTL feed:4711"}};

const ReadRow kRows[] = {
    {"redis.may", "redis", kCommandArgs, "Whether the user we are logged in as may run a command; it is not run.",
     "{allowed, user, why}; error not_found when the server is older than 7.0, denied when the user may not ask",
     read_may, "{client} ACL DRYRUN \"$({client} ACL WHOAMI)\" {argv}"},
    {"redis.read", "redis", kCommandArgs, "Any command that only reads; refused for all others.",
     "numbers, texts, lists and tables as the server answers, at most 4 MiB", read_command, "{client} {argv}"},
};

}  // namespace

std::span<const ReadRow> redis_command_rows() { return kRows; }

}  // namespace runbook::primitive

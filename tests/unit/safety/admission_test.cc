// What a worker asks to be read, before anything is sent.
#include <array>

#include "catch.h"
#include "safety/dry_executor.h"
#include "support/target.h"

using namespace runbook;
using namespace runbook::safety;

namespace {

constexpr std::array<ArgSpec, 5> kArgs = {{
    {.name = "section", .required = true, .doc = "which part"},
    {.name = "count", .type = ArgType::kNumber, .doc = "how many"},
    {.name = "all", .type = ArgType::kBool, .doc = "all of it"},
    {.name = "argv", .type = ArgType::kArgv, .doc = "a command"},
    {.name = "limit", .type = ArgType::kBytes, .doc = "how much"},
}};
const ReadRow kInfo{.name = "redis.info", .kind = "redis", .args = kArgs, .doc = "", .returns = "", .read = nullptr};
const ReadRow kAnywhere{.name = "net.dns", .kind = "*", .args = {}, .doc = "", .returns = "", .read = nullptr};

std::string refusal(const Value& args) {
  const auto checked = check_args("redis.info", kArgs, args);
  if (checked) return {};
  CHECK(checked.error().code == Code::kUsage);
  return checked.error().message;
}

Result<AdmittedRead> admitted(std::string row, std::string target, Value args) {
  static const auto cache = test::redis_target("cache-1", "redis://h");
  const auto targets = [](std::string_view name) { return name == cache.name ? &cache : nullptr; };
  const auto reads = [](std::string_view name) -> const ReadRow* {
    return name == kInfo.name ? &kInfo : name == kAnywhere.name ? &kAnywhere : nullptr;
  };
  return admit_read({.row = std::move(row), .target = std::move(target), .args = std::move(args)}, targets, reads);
}

}  // namespace

TEST_CASE("arguments are those of the row, each of its type") {
  CHECK(refusal(Value::Map{{"section", "memory"}}).empty());
  CHECK(refusal(Value::Map{{"section", "m"}, {"count", 3}, {"all", true}, {"argv", Value::List{"GET", "x"}}}).empty());
  for (const auto& size : {Value(5), Value("5gb")})
    CHECK(refusal(Value::Map{{"section", "m"}, {"limit", size}}).empty());
  struct Wrong {
    const char* name;
    Value value;
    const char* wanted;
  };
  for (const auto& [name, value, wanted] : std::vector<Wrong>{
           {"section", 3, "a text"},
           {"count", "3", "a number"},
           {"all", 1, "true or false"},
           {"argv", "GET x", "a list of texts"},
           {"argv", Value::List{}, "a list of texts"},
           {"argv", Value::List{"GET", 3}, "a list of texts"},
           {"limit", "much", "a size such as 5gb or a number of bytes"},
           {"limit", true, "a size such as 5gb or a number of bytes"},
       }) {
    INFO(name);
    auto args = Value(Value::Map{{"section", "m"}});
    args[name] = value;
    CHECK(refusal(args) ==
          std::string("redis.info wants ") + wanted + " for " + name + ", got a " + std::string(value.type_name()));
  }
}

TEST_CASE("an argument that is missing or not known is named, with the nearest that is") {
  CHECK(refusal(Value::Map{}) == "redis.info needs the argument section: which part");
  CHECK(refusal(Value::Map{{"sektion", "m"}}) == "redis.info takes no argument sektion; did you mean section?");
  CHECK(refusal(Value::Map{{"\x1b[2J", "m"}}) == "redis.info takes no argument \\x1b[2J");
}

TEST_CASE("only a reader is asked, of a target of this run that it can read") {
  const Value memory = Value::Map{{"section", "memory"}};
  const auto read = admitted("redis.info", "cache-1", memory);
  REQUIRE(read);
  CHECK(read->row == &kInfo);
  CHECK(read->target->name == "cache-1");
  CHECK(admitted("net.dns", "cache-1", Value::Map{}));
  CHECK(admitted("redis.config", "cache-1", memory).error().message == "redis.config is no reader");
  CHECK(admitted("redis.info", "cache-2", memory).error().message == "this run was not given the target cache-2");
  CHECK(admitted("redis.info", "cache-1", Value::Map{}).error().code == Code::kUsage);
}

TEST_CASE("a reader of another kind of target is refused") {
  auto host = test::redis_target("host", "");
  host.kind = "ssh";
  const auto refused = admit_read(
      {.row = "redis.info", .target = "host", .args = Value::Map{{"section", "m"}}},
      [&](std::string_view) { return &host; }, [](std::string_view) { return &kInfo; });
  CHECK(refused.error().message == "redis.info reads a redis; host is of kind ssh");
}

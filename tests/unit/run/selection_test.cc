#include "run/selection.h"

#include <fstream>

#include "base/text.h"
#include "catch.h"
#include "support/temp_dir.h"

using namespace runbook;
using namespace runbook::run;

namespace {

const Inventory& inventory() {
  static const auto kRead = [] {
    const test::TempDir folder;
    const auto file = folder.path() / "inventory.toml";
    std::ofstream(file) << R"(
[targets.cache-1]
kind = "redis"
url = "redis://127.0.0.1:1"
env = "prod"
tags = ["cache"]
[targets.cache-2]
kind = "redis"
url = "redis://127.0.0.1:2"
env = "prod"
tags = ["cache", "canary"]
[targets.queue]
kind = "redis"
url = "redis://127.0.0.1:3"
env = "staging"
)";
    return *Inventory::read(file);
  }();
  return kRead;
}

std::string selected(std::string_view text) {
  const auto targets = select_targets(text, "redis", inventory());
  if (!targets) return targets.error().text();
  std::string out;
  for (const auto& target : *targets) out += (out.empty() ? "" : " ") + target.name + (target.look_only ? "!" : "");
  return out;
}

}  // namespace

TEST_CASE("names, tags, environments and kinds select, and the order of a list is kept") {
  CHECK(selected("cache-1") == "cache-1");
  CHECK(selected("queue,cache-1, queue") == "queue cache-1");
  CHECK(selected("tag:cache") == "cache-1 cache-2");
  CHECK(selected("env:staging") == "queue");
  CHECK(selected("kind:redis") == "cache-1 cache-2 queue");
  CHECK(selected("queue,tag:cache") == "queue cache-1 cache-2");
}

TEST_CASE("and binds tighter than or, not tighter than and, parentheses before all") {
  CHECK(selected("tag:cache and not tag:canary") == "cache-1");
  CHECK(selected("queue or tag:cache and tag:canary") == "cache-2 queue");
  CHECK(selected("(queue or tag:cache) and env:prod") == "cache-1 cache-2");
  CHECK(selected("not (tag:canary or queue)") == "cache-1");
  CHECK(selected("not not queue") == "queue");
}

TEST_CASE("a URL stands for a server that can only be looked at") {
  CHECK(selected("redis://127.0.0.1:1") == "redis://127.0.0.1:1!");
  CHECK(selected("cache-1,redis://127.0.0.1:9") == "cache-1 redis://127.0.0.1:9!");
  CHECK(selected("cache-1 and redis://127.0.0.1:9") ==
        "expected no URL inside an expression; it stands alone between commas, got \"redis://127.0.0.1:9\", at "
        "character 13 of \"cache-1 and redis://127.0.0.1:9\"");
}

TEST_CASE("an empty selection is an error, and so is a tag that no target has") {
  CHECK(selected("tag:canary and queue") ==
        "\"tag:canary and queue\" selects no redis (there are: cache-1, cache-2, queue)");
  CHECK(selected("tag:cache and not tag:canry") ==
        "no target has tag:canry, at character 19 of \"tag:cache and not tag:canry\" (did you mean canary?)");
  CHECK(selected("env:qa") == "no target has env:qa (known: prod, staging)");
  CHECK(selected("cache-3") == "the inventory has no target cache-3 (did you mean cache-1?)");
}

TEST_CASE("what is no expression says where, and what was expected there") {
  CHECK(selected("") == "expected a name, tag:…, env:…, kind:…, not or a parenthesis, got nothing");
  CHECK(selected("cache-1,") ==
        "expected a name, tag:…, env:…, kind:…, not or a parenthesis, got nothing, at character 9 of \"cache-1,\"");
  CHECK(selected("cache-1 cache-2") ==
        "expected and, or, a comma or the end, got \"cache-2\", at character 9 of \"cache-1 cache-2\"");
  CHECK(selected("(tag:cache") ==
        "expected and, or, or a closing parenthesis, got nothing, at character 11 of \"(tag:cache\"");
  CHECK(selected("tga:cache") == "expected tag:, env: or kind:, got \"tga:cache\"");
  CHECK(selected("tag:cache and and") ==
        "expected a name, tag:…, env:…, kind:…, not or a parenthesis, got \"and\", at character 15 of \"tag:cache and "
        "and\"");
  CHECK(selected(std::string(10'000, '(')).starts_with("expected fewer parentheses"));
}

TEST_CASE("a target of another kind is no member") {
  const auto wrong = select_targets("cache-1", "container", inventory());
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message == "cache-1 is a redis, and this input wants a container");
}

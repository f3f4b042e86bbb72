// What changes of an engine say and send: tags, and the removal of what nothing uses.
#include "catch.h"
#include "primitive/spec/change_rows.h"
#include "safety/mark.h"

using namespace runbook;
using namespace runbook::safety;
using primitive::find_change_row;

namespace {

const std::string kOld = "sha256:" + std::string(64, 'a');
const std::string kNew = "sha256:" + std::string(64, 'b');

struct Described {
  Change change;
  bool loses = false;
};

Described described(const char* row, Value args, Value from) {
  Described out{.change = {.row = row, .target = "docker-1", .args = std::move(args), .from = std::move(from)}};
  out.loses = find_change_row(row)->describe(out.change);
  return out;
}

std::vector<std::string> lines(const Change& change) {
  std::vector<std::string> out;
  for (const auto& words : change.calls) out.push_back(command_text(words));
  return out;
}

Value tag_args(const char* image, const char* tag) { return Value::Map{{"image", image}, {"tag", tag}}; }

Value unused(Value::List containers, Value::List images, Value::List volumes) {
  return Value::Map{
      {"containers", std::move(containers)}, {"images", std::move(images)}, {"volumes", std::move(volumes)}};
}

Value container(const std::string& id, const char* name) {
  return Value::Map{{"id", id}, {"name", name}, {"bytes", 2048}};
}

}  // namespace

TEST_CASE("a tag is moved to an image that is named by its id, and back to the one before") {
  const auto [change, loses] = described("docker.tag", tag_args("api:2", "reg:5000/api:stable"),
                                         Value::Map{{"image_id", kNew}, {"id", kOld}, {"names", 2}});
  CHECK(lines(change) == std::vector<std::string>{"POST /images/" + kNew + "/tag?repo=reg:5000/api&tag=stable"});
  CHECK(change.text ==
        "let reg:5000/api:stable of docker-1 name the image api:2 (bbbbbbbbbbbb) instead of aaaaaaaaaaaa");
  REQUIRE(change.undo);
  CHECK(change.undo->row == "docker.tag");
  CHECK(change.undo->args["image"] == Value(kOld));
  CHECK_FALSE(loses);
  const auto* row = find_change_row("docker.tag");
  CHECK(stands(*row, change, Value::Map{{"id", kNew}}));
  CHECK_FALSE(stands(*row, change, Value::Map{{"id", kOld}}));
}

TEST_CASE("a tag that named nothing is taken away again, but never the only name of an image") {
  const auto made =
      described("docker.tag", tag_args("api:2", "api:stable"), Value::Map{{"image_id", kNew}, {"id", Value()}}).change;
  REQUIRE(made.undo);
  CHECK(made.undo->row == "docker.untag");
  const auto* row = find_change_row("docker.untag");
  auto back =
      described("docker.untag", Value::Map{{"tag", "api:stable"}}, Value::Map{{"id", kNew}, {"names", 2}}).change;
  CHECK(lines(back) == std::vector<std::string>{"DELETE /images/api:stable?noprune=1"});
  CHECK(row->unfit(back).empty());
  back.from = Value::Map{{"id", kNew}, {"names", 1}};
  CHECK(row->unfit(back) == "it is the only name of its image: docker would delete the image with it");
}

TEST_CASE("what is no tag is refused, and what is no image cannot be tagged") {
  const auto* row = find_change_row("docker.tag");
  for (const char* tag : {"", "api", "reg:5000/api", ":x", "api:", "api:a b", "api:x?y", "api@sha256:ab"}) {
    INFO(tag);
    CHECK(row->normalise(tag_args("api:2", tag), Value()).error().code == Code::kUsage);
  }
  CHECK(row->normalise(tag_args("../api", "api:x"), Value()).has_value());
  CHECK_FALSE(row->normalise(tag_args("api 2", "api:x"), Value()));
  CHECK_FALSE(row->normalise(tag_args("api:2", ("api:" + std::string(300, 'x')).c_str()), Value()));
  const auto nothing = described("docker.tag", tag_args("api:9", "api:x"), Value::Map{{"id", kOld}}).change;
  CHECK(row->unfit(nothing) == "the engine has no image api:9: pull it there first");
}

TEST_CASE("a prune removes just what it lists, each by its id, and says what goes") {
  const std::string one(64, 'c');
  const auto [change, loses] =
      described("docker.prune", Value::Map{{"kinds", Value::List{"containers", "images", "volumes"}}},
                unused({container(one, "job")}, {Value::Map{{"id", kOld}, {"bytes", 1024}}},
                       {Value::Map{{"name", "cache"}, {"bytes", 0}}, Value::Map{{"name", "old"}, {"bytes", 0}}}));
  CHECK(lines(change) == std::vector<std::string>{"DELETE /containers/" + one, "DELETE /images/" + kOld + "?noprune=1",
                                                  "DELETE /volumes/cache", "DELETE /volumes/old"});
  CHECK(change.text == "remove what nothing uses on docker-1: 4 things, which hold 3 KiB");
  CHECK(change.destroys == std::vector<std::string>{"1 container: job (2 KiB)", "1 image: aaaaaaaaaaaa (1 KiB)",
                                                    "2 volumes: cache (0 B), old (0 B)"});
  CHECK_FALSE(change.undo);
  CHECK(change.irreversible == "docker keeps nothing of what was removed");
  CHECK(loses);
}

TEST_CASE("a prune took place when all of its list is gone, partly when some is, and what came since does not count") {
  const auto* row = find_change_row("docker.prune");
  const auto change =
      described("docker.prune", Value::Map{}, unused({container("c1", "a"), container("c2", "b")}, {}, {})).change;
  const auto other = container("c3", "c");
  CHECK(told_by(*row, change, unused({}, {}, {})) == Told::kTookPlace);
  CHECK(told_by(*row, change, unused({other}, {}, {})) == Told::kTookPlace);
  CHECK(told_by(*row, change, unused({container("c2", "b"), other}, {}, {})) == Told::kPartly);
  CHECK(told_by(*row, change, change.from) == Told::kDidNot);
  CHECK(row->unfit(change).empty());
  CHECK(row->unfit(described("docker.prune", Value::Map{}, unused({}, {}, {})).change) ==
        "nothing of that is unused for so long: there is nothing to remove");
}

TEST_CASE("of a long list the first ones are named, and all are removed") {
  Value::List many;
  for (int i = 0; i < 40; ++i) many.push_back(container("c" + std::to_string(i), ("job-" + std::to_string(i)).c_str()));
  const auto change = described("container.remove_kept", Value::Map{}, unused(many, {}, {})).change;
  CHECK(change.calls.size() == 40);
  CHECK(change.destroys.front().starts_with("40 containers: job-0 (2 KiB), "));
  CHECK(change.destroys.front().find(" more") != std::string::npos);
  CHECK(change.destroys.back() == "the way back of the runs that made it anew");
}

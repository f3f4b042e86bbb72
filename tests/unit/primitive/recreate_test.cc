// A container made anew: what is sent, and the plan of the way back from wherever things stand.
#include <algorithm>

#include "catch.h"
#include "primitive/spec/change_rows.h"
#include "safety/mark.h"

using namespace runbook;
using namespace runbook::safety;
using primitive::find_change_row;

namespace {

const std::string kOld(64, 'a');
const std::string kNew(64, 'b');

Value container(const std::string& id, const std::string& name, bool up, const std::string& policy,
                const std::string& replaces = {}) {
  Value value = Value::Map{{"id", id}, {"name", name}, {"image", "web:1"}, {"up", up}, {"restart_policy", policy}};
  if (!replaces.empty()) value["replaces"] = replaces;
  return value;
}

Value lineage(Value current, Value next, Value replaced) {
  return Value::Map{{"current", std::move(current)}, {"next", std::move(next)}, {"replaced", std::move(replaced)}};
}

Value before() { return lineage(container(kOld, "web", true, "always"), {}, {}); }

Change image_change() {
  Change change{.row = "container.image", .target = "web", .args = Value::Map{}, .to = "web:2", .from = before()};
  find_change_row(change.row)->describe(change);
  return change;
}

Change way_back(Value state) {
  Change change{
      .row = "container.swap_back", .target = "web", .args = Value::Map{}, .to = before(), .from = std::move(state)};
  find_change_row(change.row)->describe(change);
  return change;
}

std::vector<std::string> lines(const std::vector<Words>& calls) {
  std::vector<std::string> out;
  for (const auto& words : calls) out.push_back(command_text(words));
  return out;
}

// The daemon, as far as these calls go.
void carry_out(Value& state, const std::string& line) {
  auto& current = state["current"];
  auto& next = state["next"];
  auto& replaced = state["replaced"];
  const auto is = [&](const char* text) { return line.find(text) != std::string::npos; };
  if (is("/create?name=web.next")) next = container(kNew, "web.next", false, "always", kOld);
  if (is("aaaaaaaaaaaa/stop")) current["up"] = false;
  if (is("aaaaaaaaaaaa/update")) current["restart_policy"] = "no";
  if (is("aaaaaaaaaaaa/rename?name=web.before-aaaaaaaaaaaa")) {
    current["name"] = "web.before-aaaaaaaaaaaa";
    replaced = current;
    current = Value();
  }
  if (is("web.next/rename?name=web")) {
    next["name"] = "web";
    current = next;
    next = Value();
  }
  if (is("/containers/web/start")) current["up"] = true;
}

}  // namespace

TEST_CASE("the old one is stopped and kept, and the new one is shown without what only the engine may hold") {
  const auto change = image_change();
  CHECK(lines(change.calls) ==
        std::vector<std::string>{"POST /containers/create?name=web.next <as aaaaaaaaaaaa is, but with the image web:2>",
                                 "POST /containers/aaaaaaaaaaaa/stop?t=10",
                                 "POST /containers/aaaaaaaaaaaa/update \"{\"RestartPolicy\":{\"Name\":\"no\"}}\"",
                                 "POST /containers/aaaaaaaaaaaa/rename?name=web.before-aaaaaaaaaaaa",
                                 "POST /containers/web.next/rename?name=web", "POST /containers/web/start"});
  CHECK(lines(change.if_it_fails).back() == "DELETE /containers/web.next?force=1");
  CHECK(change.undo->row == "container.swap_back");
}

TEST_CASE("from wherever it stands between two calls it is told as half made, and the way back leads to the old one") {
  const auto change = image_change();
  const auto& row = *find_change_row("container.image");
  const auto calls = lines(change.calls);
  auto state = before();
  CHECK(told_by(row, change, state) == Told::kDidNot);
  for (std::size_t made = 0; made + 1 < calls.size(); ++made) {
    carry_out(state, calls[made]);
    CAPTURE(made);
    CHECK(told_by(row, change, state) == Told::kPartly);
    const auto back = lines(way_back(state).calls);
    const auto has = [&](const std::string& line) { return std::find(back.begin(), back.end(), line) != back.end(); };
    CHECK(has("POST /containers/aaaaaaaaaaaa/start") == (made >= 1));
    CHECK(has("POST /containers/aaaaaaaaaaaa/update \"{\"RestartPolicy\":{\"Name\":\"always\"}}\"") == (made >= 2));
    CHECK(has("POST /containers/aaaaaaaaaaaa/rename?name=web") == (made >= 3));
    CHECK(has("POST /containers/bbbbbbbbbbbb/rename?name=web.next") == (made >= 4));
    CHECK(back.back() == "POST /containers/bbbbbbbbbbbb/rename?name=web.after-bbbbbbbbbbbb");
  }
  carry_out(state, calls.back());
  CHECK(told_by(row, change, state) == Told::kTookPlace);
  CHECK(lines(way_back(state).calls).front() == "POST /containers/bbbbbbbbbbbb/stop?t=10");
}

TEST_CASE("a container that somebody else put in its place is neither half made nor ours to take away") {
  const auto change = image_change();
  const auto& row = *find_change_row("container.image");
  const auto other = lineage(container(std::string(64, 'c'), "web", true, "no"), {}, {});
  CHECK(told_by(row, change, other) == Told::kNothing);
  CHECK_FALSE(find_change_row("container.swap_back")->unfit(way_back(other)).empty());
}

TEST_CASE("what cannot be made anew, or would have no way back, is refused with the reason") {
  auto change = image_change();
  const auto why = [&](const char* key, Value value) {
    change.from = before();
    change.from["current"][key] = std::move(value);
    return find_change_row("container.image")->unfit(change);
  };
  CHECK(why("up", false).empty());
  CHECK(why("auto_remove", true).find("--rm") != std::string::npos);
  CHECK(why("networks", Value::List{"a", "b"}).find("several networks") != std::string::npos);
  CHECK(why("links", true).find("links") != std::string::npos);
  change.from = lineage({}, {}, {});
  CHECK(find_change_row("container.image")->unfit(change) == "no container bears this name");
  change.from = lineage(container(kOld, "web", true, "no"), container(kNew, "web.next", false, "no"), {});
  CHECK(find_change_row("container.image")->unfit(change).find("web.next is there already") != std::string::npos);
}

TEST_CASE("a secret is given by its name, never by its value") {
  const auto normalised = [](const char* key, const Value& to) {
    return find_change_row("container.env")->normalise(Value::Map{{"key", key}}, to);
  };
  CHECK(normalised("FEATURE_X", "off").value() == Value("off"));
  CHECK(normalised("LIMIT", 5).value() == Value("5"));
  CHECK(normalised("DB_PASSWORD", "hunter2hunter2").error().next.find("[secrets]") != std::string::npos);
  CHECK(normalised("DB_PASSWORD", Value::Map{{"secret", "DB"}}));
  CHECK_FALSE(normalised("1X", "off"));
  CHECK_FALSE(normalised("A=B", "off"));
  CHECK_FALSE(normalised("FEATURE_X", Value()));
}

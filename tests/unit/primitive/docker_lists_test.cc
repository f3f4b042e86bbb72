#include "primitive/read/docker_lists.h"

#include "base/json.h"
#include "catch.h"

using namespace runbook;
using namespace runbook::primitive;

namespace {

Value json(const std::string& text) { return parse_json(text).value(); }

}  // namespace

TEST_CASE("filters are what was given, in the form that the API wants and the guard lets pass") {
  const Value args = Value::Map{{"label", "a=b c/ü"}, {"name", ""}, {"other", "x"}};
  CHECK(filters_query(args, {"label", "name", "status"}) ==
        "&filters=%7B%22label%22%3A%5B%22a%3Db%20c%2F%C3%BC%22%5D%7D");
  CHECK(filters_query(args, {"name"}).empty());
}

TEST_CASE("a moment is a while before the daemon's now, or a time") {
  const Value args = Value::Map{{"since", "10m"}, {"until", "1970-01-01T00:00:02.5Z"}, {"bad", "noon"}};
  CHECK(docker_moment("docker.events", args, "since", 900'000).value() == 300'000);
  CHECK(docker_moment("docker.events", args, "until", 0).value() == 2500);
  CHECK(docker_moment("docker.events", args, "bad", 0).error().message == "docker.events: bad = \"noon\" is no time");
  CHECK(seconds_text(1'795'264'802'075.5) == "1795264802.075");
  CHECK(seconds_text(-5) == "0.000");
}

TEST_CASE("containers are listed with how many are in which state") {
  const auto list = container_list(
      json(R"([{"Names":["/api"],"State":"running","Status":"Up 1 second","Created":1795264802,"Image":"shop/api:1",
               "Ports":[{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":8080,"Type":"tcp"},{"PrivatePort":81,"Type":"udp"}]},
              {"Names":[],"State":"exited","Labels":{"a":"b"}},{"State":"exited"}])"));
  CHECK(to_json(list.at("by_status")) == R"({"exited":2,"running":1})");
  const auto& api = list.at("containers").items().at(0);
  CHECK(api["name"] == Value("api"));
  CHECK(api["created"] == Value("2026-11-21T12:40:02.000Z"));
  CHECK(to_json(api["ports"]) == R"(["0.0.0.0:8080->80/tcp","81/udp"])");
}

TEST_CASE("what a container ran before is the newest older image of its repository") {
  const auto images = json(R"([
    {"Id":"sha256:1","Created":100,"RepoTags":["shop/api:1"]},
    {"Id":"sha256:2","Created":200,"RepoTags":["<none>:<none>"],"RepoDigests":["shop/api@sha256:22"]},
    {"Id":"sha256:3","Created":300,"RepoTags":["shop/api:3","shop/api:latest"]},
    {"Id":"sha256:4","Created":400,"RepoTags":["shop/api:4"]},
    {"Id":"sha256:5","Created":250,"RepoTags":["shop/api-admin:5"]},
    {"Id":"sha256:6","Created":260,"RepoTags":null}])");
  const auto beside = images_beside(json(R"({"Image":"sha256:3","Config":{"Image":"shop/api:3"}})"), images);
  CHECK(beside.at("repository") == Value("shop/api"));
  CHECK(beside.at("current")["id"] == Value("sha256:3"));
  CHECK(beside.at("previous")["id"] == Value("sha256:2"));
  CHECK(to_json(beside.at("previous")["tags"]) == "[]");
  REQUIRE(beside.at("others").items().size() == 3);
  CHECK(beside.at("others").items().at(0)["id"] == Value("sha256:4"));
  CHECK(
      images_beside(json(R"({"Image":"sha256:1","Config":{"Image":"shop/api:1"}})"), images).at("previous").is_null());
}

TEST_CASE("a registry's port is no tag") {
  const auto images = json(R"([{"Id":"sha256:1","Created":1,"RepoTags":["registry:5000/api:1"]}])");
  const auto beside = images_beside(json(R"({"Image":"x","Config":{"Image":"registry:5000/api"}})"), images);
  CHECK(beside.at("repository") == Value("registry:5000/api"));
  CHECK(beside.at("others").items().size() == 1);
}

TEST_CASE("disk usage tells what is in use and what is not") {
  const auto usage = disk_usage(json(R"({"LayersSize":900,
    "Images":[{"Size":500,"SharedSize":100,"Containers":1},{"Size":300,"SharedSize":100,"Containers":0}],
    "Containers":[{"SizeRw":7,"State":"running"},{"SizeRw":5,"State":"exited"}],
    "Volumes":[{"UsageData":{"Size":11,"RefCount":0}},{"UsageData":{"Size":-1,"RefCount":-1}}],"BuildCache":null})"));
  CHECK(to_json(usage.at("images")) == R"({"bytes":900,"count":2,"in_use":1,"unused_bytes":200})");
  CHECK(to_json(usage.at("containers")) == R"({"bytes":12,"count":2,"in_use":1,"unused_bytes":5})");
  CHECK(to_json(usage.at("volumes")) == R"({"bytes":11,"count":2,"in_use":0,"unused_bytes":11})");
}

TEST_CASE("events are one text after the other, the last thousand of them") {
  const auto events = event_list(
      R"({"Type":"container","Action":"die","Actor":{"ID":"1","Attributes":{"exitCode":"137","name":"api"}},"timeNano":1795264802075511034})"
      "\n"
      R"({"Type":"image","Action":"pull","time":1795264802})"
      "\n");
  const auto& list = events.value().at("events").items();
  REQUIRE(list.size() == 2);
  CHECK(list[0]["exit_code"] == Value(137));
  CHECK(list[0]["name"] == Value("api"));
  CHECK(list[0]["at"] == Value("2026-11-21T12:40:02.075Z"));
  CHECK(list[1]["at"] == Value("2026-11-21T12:40:02.000Z"));
  std::string many;
  for (int i = 0; i < 1500; ++i) many += "{\"Action\":\"start\"}\n";
  CHECK(event_list(many).value().at("events").items().size() == 1000);
  CHECK(event_list(many).value().at("complete") == Value(false));
  CHECK_FALSE(event_list("{\"Action\":"));
}

TEST_CASE("a daemon that answers nonsense makes empty lists, never a crash") {
  for (const std::string text : {"null", "7", "[7,null,[]]", R"({"Titles":7,"Processes":[7,[7]],"Images":[7]})",
                                 R"([{"Names":7,"State":7,"Ports":[7],"Created":1e300,"RepoTags":"x"}])"}) {
    const auto value = json(text);
    CHECK(container_list(value).contains("count"));
    CHECK(image_list(value).contains("count"));
    CHECK(disk_usage(value).contains("images"));
    CHECK(engine_info(value).contains("name"));
    CHECK(process_list(value).contains("count"));
    CHECK(file_changes(value).contains("count"));
    CHECK(images_beside(value, value).contains("others"));
  }
}

TEST_CASE("processes are named by the titles of their list, and file changes by their kind") {
  const auto top = process_list(json(R"({"Titles":["PID","CMD"],"Processes":[["1","/service"],["2"]]})"));
  CHECK(to_json(top.at("processes")) == R"([{"CMD":"/service","PID":"1"},{"PID":"2"}])");
  const auto diff =
      file_changes(json(R"([{"Path":"/tmp","Kind":0},{"Path":"/tmp/x","Kind":1},{"Path":"/y","Kind":2}])"));
  CHECK(to_json(diff.at("added")) == R"(["/tmp/x"])");
  CHECK(to_json(diff.at("deleted")) == R"(["/y"])");
}

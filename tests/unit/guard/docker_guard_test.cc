#include <fstream>
#include <string>

#include "catch.h"
#include "guard/docker.h"
#include "support/permit_of.h"

using namespace runbook;

namespace {

Result<> look(const std::string& method, const std::string& target, const std::string& body = "",
              const guard::Permit* permit = nullptr) {
  return guard::DockerGuard().look({.method = method, .origin = "unix:///docker.sock", .path = target, .body = body},
                                   permit);
}

bool passes(const std::string& target) { return look("GET", target).has_value(); }

std::string filled(std::string target) {
  const std::string name = target.starts_with("/images/") ? "library/redis:7" : "data-1";
  for (const std::string hole : {"{id}", "{name}"}) {
    if (const auto at = target.find(hole); at != std::string::npos) target.replace(at, hole.size(), name);
  }
  return target;
}

struct Operation {
  bool read;
  std::string method, target;
};

std::vector<Operation> published() {
  std::ifstream list(DOCKER_API);
  REQUIRE(list.good());
  std::vector<Operation> out;
  for (std::string line; std::getline(list, line);) {
    if (line.starts_with('#')) continue;
    const auto blank = line.find(' ', 2);
    out.push_back({line[0] == '+', line.substr(2, blank - 2), filled(line.substr(blank + 1))});
  }
  return out;
}

}  // namespace

TEST_CASE("of the published operations of a Docker Engine, just the listed reads pass, and by their own method only") {
  const auto operations = published();
  REQUIRE(operations.size() == 106);
  for (const auto& [read, method, target] : operations) {
    INFO(method << ' ' << target);
    CHECK(look(method, "/v1.41" + target).has_value() == read);
    CHECK_FALSE(look(method, "/v1.41" + target, "{}"));
    for (const std::string other : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "get", "GET ", ""}) {
      if (other != method) CHECK_FALSE(look(other, "/v1.41" + target));
    }
  }
}

TEST_CASE("what ends by itself passes, what goes on does not") {
  CHECK(passes("/v1.41/containers/web/logs?stdout=1&stderr=1&tail=500&since=1700000000&timestamps=1"));
  CHECK_FALSE(passes("/v1.41/containers/web/logs?stdout=1&follow=1"));
  CHECK_FALSE(passes("/v1.41/containers/web/logs?stdout=1&follow=0"));
  CHECK_FALSE(passes("/v1.41/containers/web/stats"));
  CHECK_FALSE(passes("/v1.41/containers/web/stats?stream=true"));
  CHECK_FALSE(passes("/v1.41/containers/web/stats?stream=1&stream=false"));
  CHECK(passes("/v1.41/containers/web/stats?stream=false&one-shot=true"));
  CHECK_FALSE(passes("/v1.41/events?since=1"));
  CHECK(passes("/v1.41/events?since=1&until=2&filters=%7B%22type%22%3A%5B%22container%22%5D%7D"));
  CHECK_FALSE(passes("/v1.41/containers/web/top?ps_args=-ef"));
}

TEST_CASE("only one spelling of a request passes the guard of docker") {
  CHECK(passes("/v1.41/containers/web/json"));
  for (const std::string target : {"/containers/web/json",
                                   "containers/web/json",
                                   "/v1.41/containers/web/json/",
                                   "/v1.41//containers/web/json",
                                   "/v1.41/containers/../json",
                                   "/v1.41/containers/./json",
                                   "/v1.41/containers/we%62/json",
                                   "/v1.41/containers//json",
                                   "/v1.41/containers/web/json?",
                                   "/v1.41/containers/web/json?size",
                                   "/v1.41/containers/web/json?size=1&size=1",
                                   "/v1.41/containers/web/json?size=1;x=2",
                                   "/v1.41/containers/web/json#x",
                                   "/v1.41/containers/web json",
                                   "/v1.41/containers/web/json HTTP/1.1\r\nX: y",
                                   "/v1.41/containers/json?filters=%7",
                                   "/v1.41/containers/json?filters=%zz",
                                   "/v2/containers/web/json",
                                   "/v1.411/containers/web/json",
                                   "/v1./containers/web/json",
                                   "/v1.4x/containers/web/json",
                                   "/V1.41/containers/web/json",
                                   "/v1.41/Containers/web/json",
                                   "/v1.41/images/../containers/json",
                                   "/v1.41",
                                   "/",
                                   ""}) {
    INFO(target);
    CHECK_FALSE(passes(target));
  }
}

TEST_CASE("with a permit exactly its request passes, and no other") {
  const auto permit = test::permit_of(
      {{"POST", "/containers/web/restart?t=10", ""}, {"POST", "/containers/web/update", R"({"Memory":1})"}});
  CHECK(look("POST", "/v1.41/containers/web/restart?t=10", "", &permit));
  CHECK(look("POST", "/v1.41/containers/web/update", R"({"Memory":1})", &permit));
  CHECK(look("GET", "/v1.41/containers/web/json", "", &permit));
  CHECK(look("POST", "/v1.40/containers/web/restart?t=10", "", &permit));
  CHECK_FALSE(look("POST", "/containers/web/restart?t=10", "", &permit));
  CHECK_FALSE(look("POST", "/v1.41/v1.41/containers/web/restart?t=10", "", &permit));
  CHECK_FALSE(look("POST", "/v1.41/containers/web/restart", "", &permit));
  CHECK_FALSE(look("POST", "/v1.41/containers/web/update", R"({"Memory":2})", &permit));
  const auto refused = look("DELETE", "/v1.41/containers/web?force=1&token=hunter2", "", &permit);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message ==
        "the guard let no request out: DELETE /v1.41/containers/web is neither a read nor what intent 41 permits");
  CHECK(look("DELETE", "/v1.41/x\r\n?a").error().message ==
        "the guard let no request out: DELETE /v1.41/x\\r\\n is not on its list of docker reads");
}

#include <fstream>
#include <string>

#include "base/json.h"
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

namespace {

std::string exec_body(const std::vector<std::string>& argv) {
  return to_json(
      Value::Map{{"AttachStderr", true}, {"AttachStdout", true}, {"Cmd", Value::List(argv.begin(), argv.end())}});
}

bool may_run(const std::vector<std::string>& argv) {
  guard::DockerGuard guard;
  guard.declare("cache.lxd:6379");
  const auto body = exec_body(argv);
  return guard
      .look({.method = "POST", .origin = "unix:///d", .path = "/v1.41/containers/web/exec", .body = body}, nullptr)
      .has_value();
}

}  // namespace

TEST_CASE("inside a container only commands that look are run") {
  using Argv = std::vector<std::string>;
  for (const Argv& argv : {Argv{"cat", "/proc/meminfo"},
                           {"cat", "/proc/1/status"},
                           {"cat", "/proc/net/tcp"},
                           {"cat", "/etc/resolv.conf"},
                           {"cat", "/sys/fs/cgroup/memory/memory.usage_in_bytes"},
                           {"df", "-h", "/"},
                           {"ls", "-la", "/app"},
                           {"ps"},
                           {"ps", "-o", "pid,args"},
                           {"redis-cli", "-p", "6390", "INFO", "memory"},
                           {"nc", "-z", "-w", "3", "cache.lxd", "6379"},
                           {"busybox", "nc", "-z", "-w", "3", "cache.lxd", "6379"}}) {
    INFO(to_json(Value(Value::List(argv.begin(), argv.end()))));
    CHECK(may_run(argv));
  }
  for (const Argv& argv : {Argv{},
                           {"sh", "-c", "true"},
                           {"env"},
                           {"cat"},
                           {"cat", "/proc/1/environ"},
                           {"cat", "/proc/self/environ"},
                           {"cat", "/proc/1/../1/environ"},
                           {"cat", "/proc/kcore"},
                           {"cat", "/etc/shadow"},
                           {"cat", "/proc/meminfo", "/etc/shadow"},
                           {"cat", "-"},
                           {"/bin/cat", "/proc/meminfo"},
                           {"ls", "-R", "/"},
                           {"ls", "-l", "../x"},
                           {"ls", "/a b"},
                           {"ls", "--color=always", "/"},
                           {"ps", "auxe"},
                           {"ps", "-o", "pid,environ"},
                           {"redis-cli"},
                           {"redis-cli", "FLUSHALL"},
                           {"redis-cli", "-h", "elsewhere", "INFO"},
                           {"redis-cli", "-a", "secret", "INFO"},
                           {"redis-cli", "MONITOR"},
                           {"redis-cli", "AUTH", "x"},
                           {"redis-cli", "CLIENT", "SETNAME", "x"},
                           {"redis-cli", "--bigkeys"},
                           {"nc", "-z", "-w", "3", "elsewhere", "6379"},
                           {"nc", "-z", "-w", "3", "cache.lxd", "6380"},
                           {"nc", "cache.lxd", "6379"},
                           {"nc", "-z", "-w", "3", "cache.lxd", "6379", "-e"},
                           {"busybox", "sh"},
                           {"busybox"}}) {
    INFO(to_json(Value(Value::List(argv.begin(), argv.end()))));
    CHECK_FALSE(may_run(argv));
  }
}

TEST_CASE("the body of a command inside a container says nothing but the command") {
  const auto exec = [](const std::string& body, const std::string& target = "/v1.41/containers/web/exec") {
    return look("POST", target, body).has_value();
  };
  const std::string good = exec_body({"ps"});
  CHECK(exec(good));
  CHECK_FALSE(exec(good, "/v1.41/containers/web/exec?x=1"));
  CHECK_FALSE(exec(good, "/v1.41/containers/create"));
  CHECK_FALSE(exec(good + " "));
  for (const std::string body :
       {R"({"Cmd":["ps"]})", R"({"AttachStderr":true,"AttachStdin":true,"AttachStdout":true,"Cmd":["ps"]})",
        R"({"AttachStderr":true,"AttachStdout":true,"Cmd":["ps"],"Privileged":true})",
        R"({"AttachStderr":true,"AttachStdout":true,"Cmd":["ps"],"User":"root"})",
        R"({"AttachStderr":true,"AttachStdout":true,"Cmd":["sh"],"Cmd":["ps"]})",
        R"({"AttachStderr":true,"AttachStdout":true,"Cmd":"ps"})",
        R"({"AttachStderr":true,"AttachStdout":true,"Cmd":[7]})", "", "null", "[]"}) {
    INFO(body);
    CHECK_FALSE(exec(body));
  }
}

namespace {

constexpr std::string_view kStart = R"({"Detach":false,"Tty":false})";

guard::Request request(std::string_view path, std::string_view body) {
  return {.method = "POST", .origin = "unix:///d", .path = path, .body = body};
}

}  // namespace

TEST_CASE("only the command that was made as a look is started as one") {
  guard::DockerGuard guard;
  const auto body = exec_body({"ps"});
  CHECK_FALSE(guard.look(request("/v1.41/exec/0a1b/start", kStart), nullptr));
  guard.heard(request("/v1.41/containers/web/exec", body), nullptr, R"({"Id":"0a1b"})");
  CHECK(guard.look(request("/v1.41/exec/0a1b/start", kStart), nullptr));
  CHECK_FALSE(guard.look(request("/v1.41/exec/0a1c/start", kStart), nullptr));
  CHECK_FALSE(guard.look(request("/v1.41/exec/0a1b/start", R"({"Detach":true,"Tty":false})"), nullptr));
  CHECK_FALSE(guard.look(request("/v1.41/exec/0a1b/resize", kStart), nullptr));
  CHECK_FALSE(guard.look(request("/v1.41/containers/web/start", kStart), nullptr));
  for (const std::string answer : {"", "[]", R"({"Id":""})", R"({"Id":"../x"})", R"({"Id":7})"}) {
    INFO(answer);
    guard.heard(request("/v1.41/containers/web/exec", body), nullptr, answer);
    CHECK_FALSE(guard.look(request("/v1.41/exec/" + answer + "/start", kStart), nullptr));
  }
  guard.heard(request("/v1.41/containers/create", body), nullptr, R"({"Id":"0a1d"})");
  CHECK_FALSE(guard.look(request("/v1.41/exec/0a1d/start", kStart), nullptr));
}

TEST_CASE("no header speaks for somebody else") {
  const guard::DockerGuard guard;
  const auto permit = test::permit_of({{"POST", "/containers/web/restart"}});
  const auto restarts = [&](const std::vector<guard::Header>& headers) {
    auto asked = request("/v1.41/containers/web/restart", "");
    asked.headers = headers;
    return guard.look(asked, &permit).has_value();
  };
  CHECK(restarts({}));
  CHECK(restarts({{"Content-Type", "application/json"}}));
  CHECK_FALSE(restarts({{"X-Registry-Auth", "x"}}));
  const std::vector<guard::Header> other = {{"X-HTTP-Method-Override", "DELETE"}};
  auto asked = request("/v1.41/containers/json", "");
  asked.method = "GET";
  CHECK(guard.look(asked, nullptr));
  asked.headers = other;
  CHECK_FALSE(guard.look(asked, nullptr));
}

TEST_CASE("a permit starts the command that its own request made, and no other") {
  const auto body = exec_body({"rm", "/tmp/lock"});
  const auto permit =
      test::permit_of({{"POST", "/containers/web/exec", body}, {"POST", "/exec/ID/start", std::string(kStart)}});
  const auto without_start = test::permit_of({{"POST", "/containers/web/exec", body}});
  guard::DockerGuard guard;
  const auto starts = [&](const std::string& id, const guard::Permit* under) {
    return guard.look(request("/v1.41/exec/" + id + "/start", kStart), under).has_value();
  };
  REQUIRE(guard.look(request("/v1.41/containers/web/exec", body), &permit));
  CHECK_FALSE(starts("0a1b", &permit));
  CHECK_FALSE(starts("ID", &permit));
  guard.heard(request("/v1.41/containers/web/exec", body), &permit, R"({"Id":"0a1b"})");
  CHECK(starts("0a1b", &permit));
  CHECK_FALSE(starts("0a1c", &permit));
  CHECK_FALSE(starts("0a1b", nullptr));
  CHECK_FALSE(starts("0a1b", &without_start));
}

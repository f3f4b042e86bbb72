// What a Docker Engine answers, damaged: logs, events and JSON become values of a bounded size or an error, and of an
// environment never more than names.
#include "base/json.h"
#include "driver.h"
#include "primitive/read/docker_lists.h"
#include "primitive/read/docker_values.h"
#include "primitive/read/log_lines.h"

namespace {

using namespace runbook;

constexpr std::size_t kLargest = 8U << 20U;

void check(const Value& value) {
  if (to_json(value).size() > kLargest) std::abort();
}

void run(std::string_view bytes) {
  const primitive::LogQuestion question{
      .show = 200, .patterns = {"error", "a*b"}, .from_ms = 1e12, .to_ms = 1.8e12, .asked = 100};
  for (const bool tty : {false, true}) {
    if (const auto report = primitive::log_report(bytes, tty, question)) check(*report);
  }
  if (const auto events = primitive::event_list(bytes)) check(Value(*events));
  const auto json = parse_json(bytes);
  if (!json) return;
  const auto state = primitive::container_state(*json, 1.8e12);
  for (const auto& [name, set] : state.at("env_keys").members()) {
    if (name.find('=') != std::string::npos || set != Value(true)) std::abort();
  }
  check(Value(primitive::container_stats(*json)));
  check(Value(primitive::container_list(*json)));
  check(Value(primitive::image_list(*json)));
  check(Value(primitive::disk_usage(*json)));
  check(Value(primitive::engine_info(*json)));
  check(Value(primitive::process_list(*json)));
  check(Value(primitive::file_changes(*json)));
  check(Value(primitive::images_beside(*json, *json)));
}

const std::vector<std::string> kCorpus = {
    std::string("\1\0\0\0\0\0\0\x23", 8) + "2026-11-21T12:40:01.500000000Z out\n",
    "2026-11-21T12:40:01.500000000Z an Error\r\n2026-11-21T12:40:02Z more",
    R"({"Type":"container","Action":"die","Actor":{"ID":"1","Attributes":{"exitCode":"137"}},"timeNano":1795264802075511034})",
    R"({"State":{"Running":true,"StartedAt":"2026-11-21T12:40:02.9Z","Health":{"Status":"healthy","Log":[{"End":"x"}]}},)"
    R"("Config":{"Env":["A=hunter2"],"Labels":{"a":"b"}},"HostConfig":{"NanoCpus":1,"RestartPolicy":{"Name":"on-failure"}}})",
    R"([{"Names":["/api"],"State":"running","Created":1795264802,"Ports":[{"IP":"::","PrivatePort":80,"PublicPort":1}]}])",
    R"([{"Id":"sha256:1","Created":100,"RepoTags":["shop/api:1"],"RepoDigests":["shop/api@sha256:22"]}])",
    R"({"memory_stats":{"usage":1,"stats":{"inactive_file":2}},"cpu_stats":{"cpu_usage":{"total_usage":3}}})",
    R"({"LayersSize":1,"Images":[{"Size":5}],"Volumes":[{"UsageData":{"Size":-1}}]})",
    R"({"Titles":["PID"],"Processes":[["1"]]})",
};

}  // namespace

int main(int argc, char** argv) { return runbook::fuzz::fuzz_main(argc, argv, kCorpus, run); }

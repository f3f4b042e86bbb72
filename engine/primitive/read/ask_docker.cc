#include "primitive/read/ask_docker.h"

#include "base/json.h"
#include "safety/container_url.h"

namespace runbook::primitive {

namespace {

constexpr JsonLimits kJson{.bytes = 8U << 20U, .depth = 32, .nodes = 400'000};

Error at(const safety::Target& target, Error error) {
  if (error.where.empty()) error.where = target.name;
  return error;
}

}  // namespace

Task<Result<net::DockerAnswer>> ask_docker(Reach& reach, const safety::Target& target, net::DockerRequest request) {
  RUNBOOK_CO_TRY(client, reach.docker(target));
  auto answer = co_await client->read(std::move(request));
  if (!answer) co_return at(target, std::move(answer).error());
  co_return answer;
}

Task<Result<DockerJson>> ask_docker_json(Reach& reach, const safety::Target& target, std::string path,
                                         std::chrono::milliseconds idle) {
  net::DockerRequest request{.path = std::move(path)};
  request.limits.idle = idle;
  RUNBOOK_CO_TRY(answer, co_await ask_docker(reach, target, std::move(request)));
  auto value = parse_json(answer.body, kJson);
  if (!value) co_return at(target, std::move(value).error());
  co_return DockerJson{.value = std::move(*value), .now_ms = answer.now_ms};
}

std::string container_path(const safety::Target& target, std::string_view what) {
  return "/containers/" + std::string(safety::container_place(target.url).name) + "/" + std::string(what);
}

}  // namespace runbook::primitive

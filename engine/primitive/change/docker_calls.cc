#include "primitive/change/docker_calls.h"

#include <charconv>
#include <chrono>

namespace runbook::primitive {

namespace {

// "…/stop?t=10": so long the daemon may say nothing.
std::chrono::seconds grace_in(std::string_view path) {
  const auto at = path.find("?t=");
  int seconds = 0;
  if (at != std::string_view::npos) std::from_chars(path.data() + at + 3, path.data() + path.size(), seconds);
  return std::chrono::seconds(seconds);
}

}  // namespace

Task<Result<net::DockerAnswer>> send_to_docker(Reach& reach, const safety::Target& target, net::DockerRequest request,
                                               const guard::Permit& permit) {
  RUNBOOK_CO_TRY(client, reach.docker(target));
  auto answer = co_await client->change(std::move(request), permit);
  if (answer || !answer.error().where.empty()) co_return answer;
  auto error = std::move(answer).error();
  error.where = target.name;
  co_return error;
}

Task<Result<net::DockerAnswer>> send_to_docker(Reach& reach, const safety::Target& target, const guard::Argv& words,
                                               const guard::Permit& permit) {
  net::DockerRequest request{.method = words.at(0), .path = words.at(1), .body = words.size() > 2 ? words[2] : ""};
  const auto grace = grace_in(request.path);
  request.limits.idle += grace;
  request.limits.total += grace;
  co_return co_await send_to_docker(reach, target, std::move(request), permit);
}

}  // namespace runbook::primitive

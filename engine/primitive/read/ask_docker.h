// What the readers of Docker Engines and of containers share: one question, and the words of its answer. Values of
// environments never leave this folder in clear (docker_values.h).
#pragma once

#include <string>

#include "base/value.h"
#include "net/docker.h"
#include "primitive/reach.h"

namespace runbook::primitive {

/// The answer as it came. `where` of an error is the target's name.
Task<Result<net::DockerAnswer>> ask_docker(Reach& reach, const safety::Target& target, net::DockerRequest request);

struct DockerJson {
  Value value{};
  double now_ms = 0;  // the daemon's clock, milliseconds since 1970; 0 when it told none
};

/// The same for an answer that is JSON. kProtocol when it is none, kLimit when it is too large or too deep.
/// `idle`: how long the daemon may take over it without a word.
Task<Result<DockerJson>> ask_docker_json(Reach& reach, const safety::Target& target, std::string path,
                                         std::chrono::milliseconds idle = std::chrono::seconds(5));

/// "/containers/veza_backend_api_blue/json" for "json" of that container. Its name was checked by the inventory.
std::string container_path(const safety::Target& target, std::string_view what);

}  // namespace runbook::primitive

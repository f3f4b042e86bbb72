// Sending what a permit lists to a Docker Engine.
#pragma once

#include "guard/permit.h"
#include "net/docker.h"
#include "primitive/reach.h"

namespace runbook::primitive {

/// Sends a request that stands in the permit, once. `where` of an error is the target's name.
Task<Result<net::DockerAnswer>> send_to_docker(Reach& reach, const safety::Target& target, net::DockerRequest request,
                                               const guard::Permit& permit);

/// The same of {method, path, body}; how long it may take is in its own words (t=10).
Task<Result<net::DockerAnswer>> send_to_docker(Reach& reach, const safety::Target& target, const guard::Argv& words,
                                               const guard::Permit& permit);

}  // namespace runbook::primitive

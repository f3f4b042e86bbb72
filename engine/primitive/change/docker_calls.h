// Sending what a permit lists to a Docker Engine.
#pragma once

#include "guard/permit.h"
#include "net/docker.h"
#include "primitive/reach.h"

namespace runbook::primitive {

/// Sends {method, path, body} to the engine that runs the target, once; how long it may take is in its own words
/// (t=10). `where` of an error is the target's name.
Task<Result<net::DockerAnswer>> send_to_docker(Reach& reach, const safety::Target& target, const guard::Argv& words,
                                               const guard::Permit& permit);

}  // namespace runbook::primitive

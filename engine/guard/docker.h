// The last look at what goes to a Docker Engine, right before it is sent.
//
// Reads the request itself, as the guard of Redis does: with a parser and a list of its own, so that a primitive that
// is wrong about its effect still meets it. The list holds what passes; the published API of 1.41 has 106 operations,
// of which 26 are on it. Some that are GET are not:
//   /containers/*/attach/ws                a channel that writes to the container's standard input
//   /containers/*/export, /images/*/get    whole file systems
//   /containers/*/archive                  files of the container, secrets among them
//   /swarm/unlockkey, /secrets, /configs   secrets
//   /images/search, /distribution/…        the daemon asks a registry on the internet
// logs without `follow` and stats with `stream=false` end by themselves, events need an `until`. `ps_args` of top would
// hand words to a program of the host.
//
// Only one spelling passes: what the daemon and we might read differently (empty and dot segments, escaped letters in
// the path, a key that comes twice) is no read.
#pragma once

#include <string_view>

#include "base/error.h"
#include "guard/permit.h"

namespace runbook::guard {

class DockerGuard {
 public:
  /// Whether this request may be sent. `target` is what stands in the request line, "/v1.41/containers/json?all=1";
  /// a Permit's commands are {method, target, body}. kRefused names method and path, never the query or the body.
  [[nodiscard]] Result<> look(std::string_view method, std::string_view target, std::string_view body,
                              const Permit* permit) const;
};

}  // namespace runbook::guard

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
// One thing that looks is no GET: a command inside a container is made by POST /containers/*/exec and started by POST
// /exec/*/start. Both pass when their bodies say no more than that: a command of the guard's list (exec_reads.h), its
// output, nothing on its input, no other user, no privileges (docs/decisions/021).
//
// A command is started by the id that the daemon gave for it, so the guard hears that answer, too (`heard`), and keeps
// for each id under what it was made: as a look, or by one INTENT. An id that this program's own request did not make
// starts nothing. A permit cannot know it yet and lists the start as /exec/ID/start, which stands for the id that was
// made under that very permit.
//
// Only one spelling passes: what the daemon and we might read differently (empty and dot segments, escaped letters in
// the path, a key that comes twice) is no read.
//
// Nor does any header pass but the one that says that the body is JSON.
//
// A Permit lists {method, path without its version, body}, or two words without a body: "/containers/web/restart?t=10".
// Which version of the API is spoken is agreed upon with each daemon (net/docker.h), and a plan must not change its
// digest for it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "guard/request.h"

namespace runbook::guard {

class DockerGuard final : public RequestGuard {
 public:
  /// From now on a command inside a container may try to connect there: "host:port" of a target.
  void declare(std::string peer);

  /// What the daemon answered to a request that was let out.
  void heard(const Request& request, const Permit* permit, std::string_view answer);

  /// Whether this request may be sent. kRefused names method and path, never the query or the body.
  [[nodiscard]] Result<> look(const Request& request, const Permit* permit) const override;

 private:
  std::vector<std::string> peers_;
  std::map<std::string, std::uint64_t, std::less<>> commands_;  // id → the INTENT it was made for; 0: a look
};

}  // namespace runbook::guard

// The client of a Docker Engine: its HTTP API, over a unix socket or over TCP with TLS.
//
//   unix:///var/run/docker.sock      a socket of this machine
//   tcp://host:2376                  with TLS, always: whoever speaks to an open port is root on that machine
//
// Requests are named without the version of the API. Before the first one the daemon is asked which versions it speaks,
// and the newest that both know is pinned in every path: a daemon that was upgraded must not mean something else by the
// same words. Newest here is 1.41, because the guard's list (guard/docker.h) was judged operation by operation against
// that one; oldest is 1.35, which has all that is asked for.
//
// An answer of 400 and above is an error with the daemon's own words. Streams (logs, exec) come whole and bounded;
// their frames are docker_frames.h's. Everything else, such as deadlines and sending a change once, is http.h's.
#pragma once

#include <memory>
#include <string>

#include "guard/docker.h"
#include "net/http.h"

namespace runbook::net {

template <class T>
class Once;

struct DockerEngine {
  std::string origin{};     // as parse_docker_url gives it
  std::string ca_file{};    // for TLS; empty: the system's authorities
  std::string cert_file{};  // the certificate that the daemon asks for; empty for none
  std::string key_file{};
};

/// The origin of a URL as above: itself for a socket, https://host:port for TCP. kConfig.
Result<std::string> parse_docker_url(std::string_view url);

struct DockerRequest {
  std::string method = "GET";
  std::string path{};  // "/containers/web/json?size=1", without the version
  std::string body{};  // JSON
  HttpLimits limits{};
};

struct DockerAnswer {
  int status = 0;
  std::string body{};
  double now_ms = 0;  // the daemon's clock when it answered, milliseconds since 1970, whole seconds; 0 when not told
};

struct DockerVersion {
  std::string engine{};  // "20.10.24"
  std::string newest{};  // of the API: "1.41"
  std::string oldest{};  // "1.12"
  std::string spoken{};  // "1.41"
  std::string body{};    // all it said, JSON
};

class DockerClient {
 public:
  /// The guard must outlive it.
  DockerClient(const Loop& loop, DockerEngine engine, guard::DockerGuard& guard);
  ~DockerClient();
  DockerClient(const DockerClient&) = delete;
  DockerClient& operator=(const DockerClient&) = delete;

  /// Which versions it speaks and which one is spoken with it. kProtocol when there is none in common, or it is no
  /// Docker Engine; otherwise as HttpClient::read.
  Task<Result<DockerVersion>> version();

  /// Sends what the guard takes for a read. kNotFound, kDenied or kRemote in the daemon's words; otherwise as
  /// HttpClient::read and version().
  Task<Result<DockerAnswer>> read(DockerRequest request);

  /// Sends what the permit lists, once: {method, path, body}, the path without the version. 304 is an answer: it is so
  /// already. kInDoubt when it may have been carried out and no whole answer came.
  Task<Result<DockerAnswer>> change(DockerRequest request, const guard::Permit& permit);

  /// Whether it could not be reached, or understood, when it was first asked.
  [[nodiscard]] bool failed() const;

 private:
  Task<Result<DockerVersion>> negotiate();
  Task<Result<DockerAnswer>> exchange(DockerRequest request, const guard::Permit* permit);

  DockerEngine engine_;
  guard::DockerGuard& guard_;
  HttpClient http_;
  std::shared_ptr<Once<DockerVersion>> version_;
};

}  // namespace runbook::net

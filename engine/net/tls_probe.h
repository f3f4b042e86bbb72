// Which certificates a server shows, believed or not: a TLS handshake, and then the connection is closed. Nothing of a
// protocol is sent over it.
//
// A client that verifies sees nothing of a certificate that it refuses, and one that has just expired is what one
// most wants to look at. So this handshake goes on whatever is shown, and says what a verifying client would have said.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/task.h"
#include "net/address.h"
#include "net/certificate.h"

namespace boost::asio::ssl {
class context;
}

namespace runbook::net {

struct Presented {
  std::string address{};             // that answered: "10.0.0.3:443"
  std::string protocol{};            // "TLSv1.3"
  std::vector<Certificate> chain{};  // as the server sent it, its own first
  std::string distrust{};            // why a client would refuse it; empty: it would not
};

/// kUnreachable, kTimeout, kProtocol when no TLS is spoken there, kConfig for a host that no certificate can name. The
/// context must outlive the call.
Task<Result<Presented>> probe_tls(Loop loop, Endpoint endpoint, boost::asio::ssl::context& trust,
                                  std::chrono::milliseconds limit);

}  // namespace runbook::net

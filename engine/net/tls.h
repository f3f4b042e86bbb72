// Whom TLS connections believe: the system's authorities, or the one file that a target pins.
//
// Read when the first such connection is made and then kept: a bundle costs 45 ms. There is no way to switch
// verification off; a self-signed server is trusted by pinning its certificate.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/error.h"

namespace boost::asio::ssl {
class context;
}

namespace runbook::net {

class TlsTrust {
 public:
  TlsTrust();
  ~TlsTrust();
  TlsTrust(const TlsTrust&) = delete;
  TlsTrust& operator=(const TlsTrust&) = delete;

  /// The client context, TLS 1.2 or newer, that verifies against the file, or the system's authorities when its name is
  /// empty. kConfig when the file cannot be read.
  Result<boost::asio::ssl::context*> context(const std::string& ca_file);

 private:
  std::map<std::string, std::unique_ptr<boost::asio::ssl::context>> contexts_;
};

}  // namespace runbook::net

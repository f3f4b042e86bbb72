#include "net/tls.h"

#include <boost/asio/ssl/context.hpp>

#include "base/text.h"

namespace runbook::net {

namespace ssl = boost::asio::ssl;

TlsTrust::TlsTrust() = default;
TlsTrust::~TlsTrust() = default;

Result<ssl::context*> TlsTrust::context(const std::string& ca_file) {
  auto& kept = contexts_[ca_file];
  if (kept) return kept.get();
  auto context = std::make_unique<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  boost::system::error_code error;
  if (ca_file.empty()) {
    context->set_default_verify_paths(error);
  } else {
    context->load_verify_file(ca_file, error);
  }
  if (error) {
    const auto what =
        ca_file.empty() ? std::string("the system's certificate authorities") : "the CA file " + escaped(ca_file);
    return Error{Code::kConfig, "cannot read " + what + ": " + error.message()};
  }
  context->set_verify_mode(ssl::verify_peer, error);
  kept = std::move(context);
  return kept.get();
}

}  // namespace runbook::net

#include "net/tls_probe.h"

#include <openssl/ssl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/text.h"
#include "net/deadline.h"
#include "net/dial.h"
#include "net/server_name.h"

namespace runbook::net {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using std::chrono::steady_clock;

Task<Result<Presented>> probe_tls(Loop loop, Endpoint endpoint, ssl::context& trust, std::chrono::milliseconds limit) {
  const auto until = steady_clock::now() + limit;
  RUNBOOK_CO_TRY(dialed, co_await dial(loop, endpoint, limit));
  ssl::stream<Socket&> tls(dialed.socket, trust);
  auto* connection = tls.native_handle();
  error_code ignored;
  tls.set_verify_mode(ssl::verify_none, ignored);
  if (!expect_host(connection, endpoint.host))
    co_return Error{Code::kConfig, "\"" + escaped(endpoint.host, 120) + "\" is no host that a certificate can name"};
  const Deadline deadline(loop, until, [&dialed] {
    error_code unheard;
    dialed.socket.close(unheard);
  });
  auto [error] =
      co_await tls.async_handshake(ssl::stream_base::client, boost::asio::as_tuple(boost::asio::use_awaitable));
  if (deadline.expired())
    co_return Error{Code::kTimeout, "no TLS handshake with " + dialed.address + " within " + duration_text(limit)};
  if (error) co_return Error{Code::kProtocol, "no TLS with " + dialed.address + ": " + error.message()};
  Presented presented{.address = dialed.address, .protocol = SSL_get_version(connection)};
  const auto* chain = SSL_get_peer_cert_chain(connection);
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    RUNBOOK_CO_TRY(certificate, certificate_of(sk_X509_value(chain, i)));
    presented.chain.push_back(std::move(certificate));
  }
  const auto verdict = SSL_get_verify_result(connection);
  if (verdict != X509_V_OK) presented.distrust = X509_verify_cert_error_string(verdict);
  co_return presented;
}

}  // namespace runbook::net

// Whose certificate a TLS connection must be shown. Internal to net/.
#pragma once

#include <string>

struct ssl_st;

namespace runbook::net {

/// An IP address is held against the certificate's addresses, a name against its names; only a name is sent as SNI.
/// False for what a certificate cannot name.
bool expect_host(ssl_st* connection, const std::string& host);

}  // namespace runbook::net

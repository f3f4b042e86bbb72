// What `ss -H -n -a -t -u` prints, one socket to a line, as counts. Pure; the text is foreign.
//
//   tcp   LISTEN 0      511          0.0.0.0:80         0.0.0.0:*
//   tcp   ESTAB  0      0           10.0.0.7:80       10.0.0.3:51234
//   udp   UNCONN 0      0      127.0.0.53%lo:53         0.0.0.0:*
#pragma once

#include <cstddef>
#include <string_view>

#include "base/error.h"
#include "base/value.h"

namespace runbook::primitive {

/// {listening = list of {protocol, address, port, waiting, backlog}, connections, states = count by state, ports = list
/// of {port, connections, states}, peers = list of {address, connections}}: ports are those that something listens on,
/// peers those on the other side of them; the busiest first, at most `count` of each. A last line that is cut short is
/// left out. kProtocol.
Result<Value> parse_sockets(std::string_view text, std::size_t count);

}  // namespace runbook::primitive

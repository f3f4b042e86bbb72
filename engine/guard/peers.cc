#include "guard/peers.h"

#include <algorithm>
#include <string_view>

namespace runbook::guard {

bool is_knock(std::span<const std::string> argv, Peers peers) {
  return argv.size() == 6 && argv[0] == "nc" && argv[1] == "-z" && argv[2] == "-w" && argv[3].size() == 1 &&
         argv[3] >= "1" && argv[3] <= "9" &&
         std::find(peers.begin(), peers.end(), argv[4] + ":" + argv[5]) != peers.end();
}

bool is_lookup(std::span<const std::string> argv, Peers peers) {
  if (argv.size() != 3 || argv[0] != "getent") return false;
  if (argv[1] != "ahosts" && argv[1] != "ahostsv4" && argv[1] != "ahostsv6") return false;
  return std::any_of(peers.begin(), peers.end(), [host = std::string_view(argv[2])](std::string_view peer) {
    return peer.substr(0, peer.rfind(':')) == host;
  });
}

}  // namespace runbook::guard

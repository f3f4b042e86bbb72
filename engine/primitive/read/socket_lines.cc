#include "primitive/read/socket_lines.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "primitive/read/host_words.h"

namespace runbook::primitive {

namespace {

struct Place {
  std::string_view address;
  std::string_view port;
};

// 10.0.0.7:80, [::1]:80, *:80
std::optional<Place> place_of(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return {};
  auto address = text.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  return Place{address, text.substr(colon + 1)};
}

struct Socket {
  std::string_view protocol;
  std::string_view state;
  double received = 0;
  double sent = 0;
  Place here;
  Place there;

  [[nodiscard]] bool listens() const { return state == "LISTEN" || state == "UNCONN"; }
};

std::optional<Socket> socket_of(std::string_view line) {
  const auto words = words_of(line);
  if (words.size() < 6) return {};
  const auto received = number_of(words[2]);
  const auto sent = number_of(words[3]);
  const auto here = place_of(words[4]);
  const auto there = place_of(words[5]);
  if (!received || !sent || !here || !there) return {};
  return Socket{words[0], words[1], *received, *sent, *here, *there};
}

using Counts = std::map<std::string_view, double>;

Value as_value(const Counts& counts) {
  Value::Map out;
  for (const auto& [name, count] : counts) out.emplace(name, count);
  return out;
}

// The names with the highest counts, highest first.
std::vector<std::pair<std::string_view, double>> busiest(const Counts& counts, std::size_t count) {
  std::vector<std::pair<std::string_view, double>> list(counts.begin(), counts.end());
  std::stable_sort(list.begin(), list.end(),
                   [](const auto& one, const auto& other) { return one.second > other.second; });
  if (list.size() > count) list.resize(count);
  return list;
}

}  // namespace

Result<Value> parse_sockets(std::string_view text, std::size_t count) {
  std::vector<Socket> sockets;
  const auto lines = split(text, '\n');
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (trim(lines[i]).empty()) continue;
    const auto socket = socket_of(lines[i]);
    if (socket) {
      sockets.push_back(*socket);
    } else if (i + 1 < lines.size()) {
      return Error{Code::kProtocol, "what ss says cannot be read"};
    }
  }
  Value::List listening;
  std::set<std::string_view> served;
  for (const auto& socket : sockets) {
    if (!socket.listens()) continue;
    if (socket.protocol == "tcp") served.insert(socket.here.port);
    if (listening.size() == count) continue;
    listening.emplace_back(Value::Map{{"protocol", socket.protocol},
                                      {"address", socket.here.address},
                                      {"port", number_of(socket.here.port).value_or(0)},
                                      {"waiting", socket.received},
                                      {"backlog", socket.sent}});
  }
  Counts states;
  Counts by_port;
  Counts peers;
  std::map<std::string_view, Counts> states_of;
  for (const auto& socket : sockets) {
    if (socket.listens()) continue;
    ++states[socket.state];
    if (!served.contains(socket.here.port)) continue;
    ++by_port[socket.here.port];
    ++states_of[socket.here.port][socket.state];
    ++peers[socket.there.address];
  }
  Value::List ports;
  for (const auto& [port, connections] : busiest(by_port, count))
    ports.emplace_back(Value::Map{
        {"port", number_of(port).value_or(0)}, {"connections", connections}, {"states", as_value(states_of[port])}});
  Value::List others;
  for (const auto& [address, connections] : busiest(peers, count))
    others.emplace_back(Value::Map{{"address", address}, {"connections", connections}});
  double connections = 0;
  for (const auto& [state, number] : states) connections += number;
  return Value(Value::Map{{"listening", std::move(listening)},
                          {"connections", connections},
                          {"states", as_value(states)},
                          {"ports", std::move(ports)},
                          {"peers", std::move(others)}});
}

}  // namespace runbook::primitive

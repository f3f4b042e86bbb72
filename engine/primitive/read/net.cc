// Readers of the way to a target: its name and its port, without its protocol.
#include <algorithm>
#include <array>

#include "base/clock.h"
#include "base/text.h"
#include "net/probe.h"
#include "net/tls_probe.h"
#include "primitive/reach.h"
#include "primitive/read/certificate_value.h"
#include "primitive/read/read_rows.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::in_words;
using safety::ReadRow;
using safety::Target;

constexpr auto kLimit = std::chrono::seconds(3);
constexpr std::array<std::string_view, 2> kWays = {"engine", "clients"};

Result<net::Endpoint> endpoint_of(const Target& target, const Value& args) {
  const auto as = args["as"].text_or("engine");
  if (std::find(kWays.begin(), kWays.end(), as) == kWays.end()) {
    return Error{Code::kUsage, "as is \"engine\" or \"clients\", not \"" + escaped(as, 40) + "\""};
  }
  if (as == "clients" && !target.seen_as.empty()) return net::parse_host_port(target.seen_as);
  if (target.kind == "container" || target.kind == "docker") {
    return Error{.code = Code::kUsage,
                 .message = "a " + target.kind + " has no address that others connect to",
                 .where = target.name,
                 .next = target.kind == "container" ? "give it seen_as, and ask as its clients do: { as = \"clients\" }"
                                                    : "see.docker asks the engine itself"};
  }
  if (target.kind == "ssh") {
    return Error{.code = Code::kUsage,
                 .message = "where a host is, OpenSSH's configuration says",
                 .where = target.name,
                 .next = "see.host asks the host itself"};
  }
  if (target.url.empty()) return Error{Code::kConfig, "the target has no url", target.name};
  return net::endpoint_of_url(target.url);
}

Task<Result<Value>> read_resolve(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(endpoint, endpoint_of(target, args));
  // A unix socket has no name to resolve, which is no failure of resolving it.
  if (!endpoint.path.empty()) co_return Value(Value::Map{{"addresses", Value::List{}}, {"ms", 0}});
  RUNBOOK_CO_TRY(resolved, co_await net::probe_name(reach.loop(), endpoint.host, kLimit));
  Value::List addresses(resolved.addresses.begin(), resolved.addresses.end());
  co_return Value(Value::Map{{"addresses", std::move(addresses)}, {"ms", resolved.milliseconds}});
}

Task<Result<Value>> read_tcp_probe(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(endpoint, endpoint_of(target, args));
  RUNBOOK_CO_TRY(probed, co_await net::probe_connect(reach.loop(), endpoint, kLimit));
  co_return Value(Value::Map{{"address", probed.address}, {"ms", probed.milliseconds}});
}

// ---- net.certificate

Task<Result<Value>> read_certificate(Reach& reach, const Target& target, const Value& args) {
  if (target.kind == "postgres")
    co_return Error{
        .code = Code::kUsage,
        .message = "PostgreSQL begins TLS only after a greeting of its own, and this look does not speak it",
        .where = target.name,
        .next = "openssl s_client -starttls postgres -connect HOST:PORT shows its certificate"};
  RUNBOOK_CO_TRY(endpoint, endpoint_of(target, args));
  RUNBOOK_CO_TRY(trust, reach.trust().context(target.ca_file));
  RUNBOOK_CO_TRY(shown, co_await net::probe_tls(reach.loop(), endpoint, *trust, kLimit));
  if (shown.chain.empty()) co_return Error{Code::kProtocol, shown.address + " shows no certificate", target.name};
  const auto now = SystemClock().now().wall_ms;
  Value out = certificate_value(shown.chain.front(), now);
  Value::List chain;
  for (const auto& certificate : shown.chain) chain.push_back(certificate_value(certificate, now));
  out["chain"] = std::move(chain);
  out["address"] = shown.address;
  out["protocol"] = shown.protocol;
  out["trusted"] = shown.distrust.empty();
  if (!shown.distrust.empty()) out["why"] = shown.distrust;
  co_return out;
}

std::string of_shown(const Value& answer) {
  return of_certificate(answer) + (answer["trusted"].bool_or(false) ? "" : ", NOT trusted: " + in_words(answer["why"]));
}

std::string of_addresses(const Value& value) {
  std::string out;
  for (const auto& address : value["addresses"].items()) out += (out.empty() ? "" : ", ") + in_words(address);
  return out.empty() ? "a unix socket, no name to resolve" : out;
}

std::string of_probe(const Value& answer) { return in_words(answer["address"]) + " accepts connections"; }

constexpr ArgSpec kAsArgs[] = {
    {"as", ArgType::kText, false, "\"engine\": as we reach it; \"clients\": as its clients do", "clients", kWays}};

const ReadRow kRows[] = {
    {"net.resolve", "*", kAsArgs, "What the target's name resolves to, seen from here.",
     "{addresses = list of text (empty for a unix socket), ms}", read_resolve, "getent ahosts {host}", of_addresses},
    {"net.tcp_probe", "*", kAsArgs, "Whether anything accepts a connection at the target's address.",
     "{address, ms}: the address that accepted and the time it took", read_tcp_probe, "nc -zv {address}", of_probe},
    {"net.certificate", "*", kAsArgs, "Which certificate the target shows, whether clients believe it or not.",
     "{subject, issuer, serial, sha256, names, not_before, not_after (UTC text), days_left (below zero when it has "
     "ended), trusted (by what the target's clients believe: its CA file, else the system's), why not, chain = list of "
     "such certificates as they were sent, its own first, address, protocol}",
     read_certificate, "openssl s_client -showcerts -connect {place}", of_shown},
};

}  // namespace

std::span<const ReadRow> net_rows() { return kRows; }

}  // namespace runbook::primitive

// Readers of what a host sees of others, and of what it shows them: names, ways, its certificates, its clock.
#include <chrono>
#include <cmath>
#include <utility>

#include "base/clock.h"
#include "base/text.h"
#include "base/usage.h"
#include "guard/word_kind.h"
#include "primitive/read/ask_host.h"
#include "primitive/read/certificate_value.h"
#include "primitive/read/host_output.h"
#include "primitive/read/knock.h"
#include "primitive/read/read_rows.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

using guard::Argv;
using safety::ArgSpec;
using safety::ArgType;
using safety::in_words;
using safety::ReadRow;
using safety::Target;

constexpr int kNoSuchName = 2;  // getent

// ---- host.dns

Task<Result<Value>> read_dns(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(where, knocked_at(args["target"]));
  Argv argv = {"getent", "ahosts", where.host};
  RUNBOOK_CO_TRY(output, co_await hear_host(reach, target, std::move(argv)));
  if (output.status == kNoSuchName)
    co_return Error{Code::kUnreachable, "the name " + escaped(where.host, 120) + " does not resolve there",
                    target.name};
  RUNBOOK_CO_TRY(addresses, at_host(target, parse_ahosts(output.out)));
  co_return Value(Value::Map{{"name", where.host}, {"addresses", std::move(addresses)}});
}

std::string of_dns(const Value& answer) {
  std::string out;
  for (const auto& address : answer["addresses"].items()) out += (out.empty() ? "" : ", ") + in_words(address);
  return in_words(answer["name"]) + " is " + out;
}

// ---- host.can_reach

Task<Result<Value>> read_can_reach(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(where, knocked_at(args["target"]));
  Argv argv = knock_words(where);
  const Error unknown{Code::kNotFound, "cannot tell: the host has no nc that can try it", target.name,
                      "ask the service itself, by its health route, whether it reaches " + where.text()};
  auto output = co_await hear_host(reach, target, std::move(argv));
  if (!output && output.error().code == Code::kNotFound) co_return unknown;
  if (!output) co_return output.error();
  const auto said = output->err + output->out;
  if (knows_no_knock(output->status.value_or(1), said)) co_return unknown;
  co_return reached(output->status == 0, "nc on the host", where, said);
}

// ---- host.certificate

Task<Result<Value>> read_certificate(Reach& reach, const Target& target, const Value& args) {
  const auto path = std::string(args["path"].text_or(""));
  if (!guard::is_plain_path(path)) co_return usage("path is an absolute path, not \"" + escaped(path, 80) + "\"");
  Argv argv = {"openssl", "x509", "-in", path};
  RUNBOOK_CO_TRY(pem, co_await ask_host(reach, target, std::move(argv)));
  RUNBOOK_CO_TRY(certificate, at_host(target, net::parse_certificate(pem)));
  Value out = certificate_value(certificate, SystemClock().now().wall_ms);
  out["path"] = path;
  co_return out;
}

// ---- host.clock_skew

double now_ms() {
  return std::chrono::duration<double, std::milli>(std::chrono::system_clock::now().time_since_epoch()).count();
}

double rounded(double milliseconds) { return std::round(milliseconds * 10) / 10; }

Task<Result<Value>> read_clock_skew(Reach& reach, const Target& target, const Value& /*args*/) {
  // First what it says of itself, so that the connection stands when the time is taken.
  Argv state = {"timedatectl", "show"};
  RUNBOOK_CO_TRY(told, co_await hear_host(reach, target, std::move(state)));
  Argv date = {"date", "-u", "+%s.%N"};
  const auto before = now_ms();
  RUNBOOK_CO_TRY(text, co_await ask_host(reach, target, std::move(date)));
  const auto after = now_ms();
  RUNBOOK_CO_TRY(there, at_host(target, parse_seconds(text)));
  Value out = Value::Map{{"skew_ms", rounded(there * 1000 - (before + after) / 2)},
                         {"error_ms", rounded((after - before) / 2)}};
  const auto properties = parse_properties(told.out);
  if (const auto* word = properties["NTPSynchronized"].as_text()) out["synchronized"] = *word == "yes";
  if (const auto* word = properties["NTP"].as_text()) out["ntp"] = *word == "yes";
  co_return out;
}

std::string of_skew(const Value& answer) {
  const auto skew = answer["skew_ms"].number_or(0);
  return in_words(Value(std::abs(skew))) + " ms " + (skew < 0 ? "behind" : "ahead") + " of here, give or take " +
         in_words(answer["error_ms"]) + " ms" + (answer["synchronized"].bool_or(true) ? "" : ", NOT synchronized");
}

constexpr ArgSpec kPeerArgs[] = {{"target", ArgType::kTarget, true, "what it should find", "arg.redis"}};
constexpr ArgSpec kReachArgs[] = {{"target", ArgType::kTarget, true, "what it should reach", "arg.redis"}};
constexpr ArgSpec kCertificateArgs[] = {{"path", ArgType::kText, true,
                                         "of a file with a certificate, absolute; of several in it the first counts",
                                         "/etc/letsencrypt/live/shop/fullchain.pem"}};

const ReadRow kRows[] = {
    {"host.dns", "ssh", kPeerArgs, "What the name of a target, as its clients know it, resolves to on the host.",
     "{name, addresses = list of text, each once}; error unreachable when it does not resolve there", read_dns,
     "{client} getent ahosts {target}", of_dns},
    {"host.can_reach", "ssh", kReachArgs,
     "Whether the host can open a connection to a target, where that target's clients see it.",
     "{reachable, address, how, why}: how it was tried; why not; error not_found when that cannot be told",
     read_can_reach, "{client} nc -z -v -w 3 {target}", of_reach},
    {"host.certificate", "ssh", kCertificateArgs, "What is in a certificate that lies on the host.",
     "{path, subject, issuer, serial, sha256, names, not_before, not_after (UTC text), days_left (below zero when it "
     "has ended)}",
     read_certificate, "{client} openssl x509 -noout -text -in {path}", of_certificate},
    {"host.clock_skew",
     "ssh",
     {},
     "How far its clock is from ours, and whether it is synchronized.",
     "{skew_ms (above zero: it is ahead), error_ms (half of the time that asking took), synchronized, ntp: nil where "
     "nothing says so}",
     read_clock_skew,
     "{client} timedatectl",
     of_skew},
};

}  // namespace

std::span<const ReadRow> host_network_rows() { return kRows; }

}  // namespace runbook::primitive

// Readers of any HTTP service: what it answers to GET and HEAD, below the target's url.
#include <algorithm>
#include <array>

#include "base/hash.h"
#include "base/text.h"
#include "base/usage.h"
#include "primitive/read/ask_http.h"
#include "primitive/read/read_rows.h"
#include "primitive/read/websocket.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::in_words;
using safety::ReadRow;
using safety::Target;

constexpr std::size_t kLargestBody = 1U << 20U;
constexpr double kMostRetries = 5;
constexpr auto kNotOfAPlaybook =
    std::to_array<std::string_view>({"authorization", "connection", "content-length", "host", "transfer-encoding",
                                     "upgrade", "x-http-method", "x-http-method-override", "x-method-override"});
constexpr auto kUsualDeadline = std::chrono::seconds(10);
constexpr auto kLongestDeadline = std::chrono::seconds(60);

Result<net::HttpRequest> request_of(std::string method, const Value& args) {
  net::HttpRequest request{.method = std::move(method), .path = std::string(args["path"].text_or(""))};
  request.limits.body = kLargestBody;
  request.limits.total = kUsualDeadline;
  if (const auto* text = args["deadline"].as_text()) {
    const auto deadline = parse_duration(*text);
    if (!deadline || deadline->count() <= 0 || *deadline > kLongestDeadline)
      return usage("deadline is a duration of at most 60s, such as \"2s\", not \"" + escaped(*text, 40) + "\"");
    request.limits.total = *deadline;
  }
  request.limits.connect = std::min(request.limits.connect, request.limits.total);
  request.limits.idle = std::min(request.limits.idle, request.limits.total);
  for (const auto& [name, value] : args["headers"].members()) {
    if (value.as_text() == nullptr) return usage("the header " + escaped(name, 60) + " wants a text");
    if (std::find(kNotOfAPlaybook.begin(), kNotOfAPlaybook.end(), lower(name)) != kNotOfAPlaybook.end())
      return usage("the header " + escaped(name, 60) + " is not a playbook's to set");
    request.headers.emplace_back(name, *value.as_text());
  }
  return request;
}

Task<Result<Value>> read_answer(Reach& reach, const Target& target, std::string method, const Value& args) {
  const double retries = args["retries"].number_or(0);
  if (retries < 0 || retries > kMostRetries) co_return usage("retries is a number from 0 to 5");
  RUNBOOK_CO_TRY(request, request_of(std::move(method), args));
  RUNBOOK_CO_TRY(response, co_await reach.http(target, std::move(request), static_cast<unsigned>(retries)));
  co_return answer_value(response);
}

Task<Result<Value>> read_get(Reach& reach, const Target& target, const Value& args) {
  std::string method = "GET";
  co_return co_await read_answer(reach, target, std::move(method), args);
}

Task<Result<Value>> read_head(Reach& reach, const Target& target, const Value& args) {
  std::string method = "HEAD";
  co_return co_await read_answer(reach, target, std::move(method), args);
}

// ---- http.upgrade

Task<Result<Value>> read_upgrade(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(request, request_of("GET", args));
  const auto key = websocket_key();
  for (auto& header : websocket_question(key)) request.headers.push_back(std::move(header));
  RUNBOOK_CO_TRY(response, co_await reach.http(target, std::move(request)));
  auto why = why_no_websocket(response, key);
  Value out = answer_value(response);
  out["accepted"] = why.empty();
  if (!why.empty()) out["why"] = std::move(why);
  co_return out;
}

std::string of_upgrade(const Value& value) {
  return value["accepted"].bool_or(false) ? "accepted" : "refused: " + in_words(value["why"]);
}

// A short text counts as it is, a long one by its hash.
constexpr std::size_t kShortText = 1024;

Result<Value> state_of(const net::HttpResponse& response, const Value& members) {
  Value state = Value::Map{{"status", response.status}};
  auto answer = answer_value(response);
  if (!answer["malformed"].is_null())
    return Error{.code = Code::kProtocol,
                 .message = "its state cannot be read: " + std::string(answer["malformed"].text_or(""))};
  const auto& json = std::as_const(answer)["json"];
  if (!json.is_null() && members.is_null()) {
    state["json"] = json;
  } else if (!json.is_null()) {
    state["json"] = Value::Map{};
    for (const auto& name : members.items()) state["json"][name.text_or("")] = json[name.text_or("")];
  } else if (response.body.size() <= kShortText) {
    state["text"] = response.body;
  } else {
    state["sha256"] = sha256(response.body);
  }
  return state;
}

Task<Result<Value>> read_state(Reach& reach, const Target& target, const Value& args) {
  if (args["path"].is_null()) co_return Value(Value::Map{});
  std::string method = "GET";
  RUNBOOK_CO_TRY(request, request_of(std::move(method), args));
  RUNBOOK_CO_TRY(response, co_await reach.http(target, std::move(request)));
  co_return state_of(response, args["members"]);
}

std::string of_http(const Value& value) {
  auto out = in_words(value["status"]) + ", " + bytes_text(value["size"].number_or(0)) + " in " +
             in_words(value["timing"]["total"]) + " ms";
  return value["location"].is_null() ? out : out + ", to " + in_words(value["location"]);
}

constexpr ArgSpec kStateArgs[] = {
    {"path", ArgType::kText, false, "where the state shows; without it nothing is asked, and nothing told",
     "/flags/checkout"},
    {"members", ArgType::kArgv, false, "which members of a JSON document count; all unless said", "enabled"}};

constexpr ArgSpec kArgs[] = {
    {"path", ArgType::kText, true, "below the target's url, with a query if need be", "/health"},
    {"headers", ArgType::kTable, false, "sent along, text by name; not the credentials, which are the target's",
     "{ Accept = \"application/json\" }"},
    {"retries", ArgType::kNumber, false,
     "how often to ask again when nothing answers, or 429, 502, 503 or 504 comes; at most 5", "2"},
    {"deadline", ArgType::kText, false, "the time for all of it, 10 s unless said", "2s"}};

constexpr ArgSpec kUpgradeArgs[] = {
    {"path", ArgType::kText, true, "below the target's url, with a query if need be", "/socket"},
    {"headers", ArgType::kTable, false, "sent along, text by name; not the credentials, which are the target's",
     "{ Origin = \"https://shop.example\" }"},
    {"deadline", ArgType::kText, false, "the time for all of it, 10 s unless said", "2s"}};

const ReadRow kRows[] = {
    {"http.get", "http", kArgs, "What the service answers to a GET; any status is an answer, also a redirect.",
     "{status, headers (by name in lower case; a list when repeated), body (text, at most 1 MiB), json (when it says "
     "that it is JSON; malformed says what is wrong with it), size in bytes, location (of a redirect), tries, timing = "
     "{resolved, connected, secured, first_byte, total} in milliseconds since the beginning}",
     read_get, "{client} -i {headers} {url}{path}", of_http},
    {"http.head", "http", kArgs, "The same to a HEAD: status, headers and timing, without the body.",
     "the table that http.get gives", read_head, "{client} --head {headers} {url}{path}", of_http},
    {"http.upgrade", "http", kUpgradeArgs,
     "Whether the service opens a WebSocket: it is asked to, and the connection is closed once it has answered.",
     "{accepted, why (not), and the table that http.get gives}: status is 101 when it does", read_upgrade,
     "{client} -i -N --http1.1 -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H "
     "'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==' {headers} {url}{path}",
     of_upgrade},
    {"http.state", "http", kStateArgs, "What a change over HTTP is compared by: the document that shows its state.",
     "{status, json}, of JSON with the members that count; else {status, text} or, above 1 KiB, {status, sha256}",
     read_state, "{client} -i {url}{path}"},
};

}  // namespace

std::span<const ReadRow> http_rows() { return kRows; }

}  // namespace runbook::primitive

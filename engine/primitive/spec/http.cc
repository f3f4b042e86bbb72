// What can be changed over HTTP, and what each change means.
//
// What a request does is the service's affair, so the author says what shows it: `state` is a path whose document
// tells, and `to` what it says then. With both a change is compared, skipped when it is so already, settled when its
// answer was lost, and may have a way back (`undo`). Without them the answer alone tells, and a lost one stays in
// doubt.
#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"
#include "base/url.h"
#include "primitive/spec/change_rows.h"
#include "primitive/spec/row_parts.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::Change;
using safety::ChangeRow;
using safety::Inverse;
using safety::StateCall;
using safety::Words;

constexpr auto kMethods = std::to_array<std::string_view>({"post", "put", "patch", "delete"});
constexpr auto kOwnHeaders = std::to_array<std::string_view>(
    {"authorization", "connection", "content-length", "host", "idempotency-key", "transfer-encoding"});
constexpr auto kUndoMembers = std::to_array<std::string_view>({"method", "path", "json", "body"});
constexpr auto kCarried = std::to_array<std::string_view>({"headers", "expects", "state", "members"});

template <class List>
bool has(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

Result<void> check_request(const Value& request) {
  RUNBOOK_CHECK(check_url_path(request["path"].text_or("")));
  if (!request["json"].is_null() && !request["body"].is_null()) return usage("either json or body, not both");
  return {};
}

Result<void> check_headers(const Value& headers) {
  for (const auto& [name, value] : headers.members()) {
    if (value.as_text() == nullptr) return usage("the header " + escaped(name, 60) + " wants a text");
    if (name.empty() || name.find_first_of(" :") != std::string::npos || escaped(name) != name ||
        escaped(*value.as_text()) != *value.as_text())
      return usage("the header " + escaped(name, 60) + " holds characters that no header may");
    if (has(kOwnHeaders, lower(name))) return usage("the header " + escaped(name, 60) + " is not a playbook's to set");
  }
  return {};
}

Result<void> check_undo(const Value& args, const Value& to) {
  const auto& undo = args["undo"];
  if (undo.is_null()) return {};
  for (const auto& [name, value] : undo.members()) {
    if (!has(kUndoMembers, name)) return usage("undo takes method, path, json and body, not " + escaped(name, 40));
  }
  if (!has(kMethods, lower(undo["method"].text_or(""))))
    return usage("undo wants a method: POST, PUT, PATCH or DELETE");
  RUNBOOK_CHECK(check_request(undo));
  if (!args["state"].is_null() && !to.is_null()) return {};
  return usage("undo needs state and to: nothing else tells whether there is something to take back",
               "state = \"/path\", to = { json = { … } }; or irreversible = \"why\"");
}

Result<Value> normalise(const Value& args, const Value& to) {
  RUNBOOK_CHECK(check_request(args));
  RUNBOOK_CHECK(check_headers(args["headers"]));
  for (const auto& status : args["expects"].items()) {
    const double number = status.number_or(0);
    if (number < 200 || number > 599) return usage("expects is a list of statuses, such as { 200, 204 }");
  }
  if (!args["state"].is_null()) RUNBOOK_CHECK(check_url_path(args["state"].text_or("")));
  if (args["state"].is_null() && !args["members"].is_null()) return usage("members are those of the document of state");
  RUNBOOK_CHECK(check_undo(args, to));
  if (to.is_null()) return Value();
  if (args["state"].is_null()) return usage("to needs state = \"/path\": where it shows");
  const bool sound = to.as_map() != nullptr && !to.members().empty() &&
                     std::all_of(to.members().begin(), to.members().end(),
                                 [](const auto& member) { return member.first == "json" || member.first == "status"; });
  if (!sound) return usage("to is what state answers then: { json = { … } }, { status = 404 } or both");
  return to;
}

StateCall state_call(const Value& args) {
  StateCall call{.row = "http.state", .args = Value::Map{}};
  if (!args["state"].is_null()) call.args["path"] = args["state"];
  if (!args["members"].is_null()) call.args["members"] = args["members"];
  return call;
}

std::string method_of(const Change& change) {
  auto method = change.row.substr(change.row.find('.') + 1);
  std::transform(method.begin(), method.end(), method.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  return method;
}

std::string body_of(const Value& request) {
  return request["json"].is_null() ? std::string(request["body"].text_or("")) : to_json(request["json"]);
}

std::optional<Inverse> way_back(const Change& change) {
  const auto& args = std::as_const(change.args);
  const auto& undo = args["undo"];
  if (undo.as_map() == nullptr) return std::nullopt;
  Inverse inverse{.row = "http." + lower(undo["method"].text_or("")), .args = Value::Map{}, .to = change.from};
  for (const auto name : kUndoMembers) {
    if (name != "method" && !undo[name].is_null()) inverse.args[name] = undo[name];
  }
  for (const auto name : kCarried) {
    if (!args[name].is_null()) inverse.args[name] = args[name];
  }
  return inverse;
}

// In the order in which guard/http.h looks at them.
Words words_of(const Change& change) {
  const auto& args = std::as_const(change.args);
  Words words = {method_of(change), args["path"]};
  bool typed = args["json"].is_null();
  for (const auto& [name, value] : args["headers"].members()) {
    words.push_back(name + ": " + std::string(value.text_or("")));
    typed = typed || lower(name) == "content-type";
  }
  if (!typed) words.push_back(kSaysJson);
  words.push_back(body_of(args));
  return words;
}

bool describe(Change& change) {
  const auto& args = std::as_const(change.args);
  const auto path = std::string(args["path"].text_or(""));
  const auto body = body_of(args);
  change.calls = {words_of(change)};
  change.undo = way_back(change);
  if (!change.undo) change.irreversible = "nobody said how it is taken back";
  change.text = method_of(change) + " " + escaped(path, 100) + " of " + change.target +
                (body.empty() ? "" : ", with " + bytes_text(static_cast<double>(body.size())));
  change.comparing =
      args["state"].is_null()
          ? "cannot be compared: nothing says where its state shows; the answer alone tells whether it was done"
          : "leaves a window: " + escaped(args["state"].text_or(""), 100) + " is read again right before";
  return false;
}

std::vector<std::string> by_hand(const Change& change) {
  const auto& args = std::as_const(change.args);
  auto line = "{client} -i -X " + method_of(change) + " {headers}";
  if (!args["json"].is_null()) line += " -H 'Content-Type: application/json'";
  if (!args["json"].is_null() || !args["body"].is_null()) line += " --data-raw {sent}";
  return {line + " {url}{path}"};
}

constexpr ArgSpec kArgs[] = {
    {"path", ArgType::kText, true, "below the target's url, with a query if need be", "/flags/checkout"},
    {"json", ArgType::kTable, false, "the body, sent as JSON", "{ enabled = false }"},
    {"body", ArgType::kText, false, "the body as text, in the place of json", "off"},
    {"headers", ArgType::kTable, false, "sent along, text by name; credentials are the target's",
     "{ Accept = \"text/plain\" }"},
    {"expects", ArgType::kTable, false, "the statuses that mean that it was done; 200 to 299 unless said", "{ 202 }"},
    {"state", ArgType::kText, false, "a path whose document shows the state that it changes", "/flags/checkout"},
    {"members", ArgType::kArgv, false, "which members of that document count; all unless said", "enabled"},
    {"undo", ArgType::kTable, false,
     "the request that takes it back: method, path and json or body; needs state and to",
     "{ method = \"PUT\", path = \"/flags/checkout\", json = { enabled = true } }"}};

ChangeRow row(std::string_view name, std::string_view doc, bool action) {
  return {
      .name = name,
      .kind = "http",
      .args = kArgs,
      .doc = doc,
      .to_doc = "what state answers then, as far as it matters: { json = { … } }, { status = 404 }; may be left out",
      .action = action,
      .proven = true,
      .took_place = shows_what_was_named,
      .normalise = normalise,
      .state_call = state_call,
      .seen = as_read,
      .describe = describe,
      .by_hand = by_hand};
}

const ChangeRow kRows[] = {
    row("http.post", "Asks a service to do something.", true),
    row("http.put", "Sets what stands at a path.", false),
    row("http.patch", "Changes a part of what stands at a path.", false),
    row("http.delete", "Deletes what stands at a path.", false),
};

}  // namespace

std::span<const ChangeRow> http_change_rows() { return kRows; }

}  // namespace runbook::primitive

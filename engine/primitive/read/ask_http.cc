#include "primitive/read/ask_http.h"

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "base/text.h"

namespace runbook::primitive {

namespace {

// What a worker is sent and a playbook can use; the text of the body is there beside it.
constexpr JsonLimits kJson{.bytes = 1U << 20U, .depth = 24, .nodes = 50'000};

Value headers_value(const net::HttpHeaders& headers) {
  Value out = Value::Map{};
  for (const auto& [name, text] : headers) {
    auto& slot = out[name];
    if (slot.is_null()) {
      slot = text;
    } else if (auto* list = slot.as_list()) {
      list->emplace_back(text);
    } else {
      slot = Value::List{slot, text};
    }
  }
  return out;
}

// What the target gives as its reason: a member of a JSON document, or the text that came.
std::string reason_of(const net::HttpResponse& response) {
  const auto document = parse_json(response.body, kJson);
  for (const auto* name : {"error", "message"}) {
    if (!document) break;
    if (const auto* text = (*document)[name].as_text()) return *text;
  }
  return std::string(trim(response.body));
}

Error refusal(const safety::Target& target, const net::HttpResponse& response) {
  const int status = response.status;
  const auto code = status == 401   ? Code::kAuth
                    : status == 403 ? Code::kDenied
                    : status == 404 ? Code::kNotFound
                                    : Code::kRemote;
  const auto said = reason_of(response);
  return {
      .code = code,
      .message = target.name + " answers " + std::to_string(status) + (said.empty() ? "" : ": " + escaped(said, 160)),
      .where = target.name};
}

}  // namespace

std::string_view header_of(const net::HttpResponse& response, std::string_view name) {
  for (const auto& [known, text] : response.headers) {
    if (known == name) return text;
  }
  return {};
}

bool says_json(const net::HttpResponse& response) {
  const auto type = lower(header_of(response, "content-type"));
  const auto essence = trim(std::string_view(type).substr(0, type.find(';')));
  return essence == "application/json" || essence.ends_with("+json");
}

Value timing_value(const net::HttpTiming& timing) {
  const auto tenths = [](double ms) { return std::round(ms * 10) / 10; };
  return Value::Map{{"resolved", tenths(timing.resolved)},
                    {"connected", tenths(timing.connected)},
                    {"secured", tenths(timing.secured)},
                    {"first_byte", tenths(timing.first_byte)},
                    {"total", tenths(timing.total)}};
}

Value answer_value(const net::HttpResponse& response) {
  Value out = Value::Map{{"status", response.status}, {"headers", headers_value(response.headers)},
                         {"body", response.body},     {"size", response.body.size()},
                         {"tries", response.tries},   {"timing", timing_value(response.timing)}};
  if (const auto location = header_of(response, "location"); !location.empty()) out["location"] = location;
  if (!says_json(response) || response.body.empty()) return out;
  const auto json = parse_json(response.body, kJson);
  if (json) out["json"] = *json;
  if (!json) out["malformed"] = json.error().message;
  return out;
}

Task<Result<Value>> fetch_json(Reach& reach, const safety::Target& target, std::string path) {
  net::HttpRequest request{.path = std::move(path), .headers = {{"Accept", "application/json"}}};
  request.limits.total = std::chrono::seconds(10);
  RUNBOOK_CO_TRY(response, co_await reach.http(target, std::move(request)));
  if (response.status < 200 || response.status > 299) co_return refusal(target, response);
  auto json = parse_json(response.body);
  if (json) co_return json;
  co_return Error{Code::kProtocol, "what " + target.name + " answers is no JSON: " + json.error().message, target.name};
}

}  // namespace runbook::primitive

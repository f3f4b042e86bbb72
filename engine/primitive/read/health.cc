// What a service says of its own health: the answer of the path that the inventory declares for it.
#include "base/json.h"
#include "base/text.h"
#include "primitive/read/ask_http.h"
#include "primitive/read/health_document.h"
#include "primitive/read/read_rows.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::in_words;
using safety::ReadRow;
using safety::Target;

constexpr std::size_t kLargestBody = 1U << 20U;
constexpr JsonLimits kJson{.bytes = kLargestBody, .depth = 24, .nodes = 50'000};

Task<Result<Value>> read_deep(Reach& reach, const Target& target, const Value& args) {
  net::HttpRequest request{.path = std::string(args["path"].text_or(target.health))};
  if (request.path.empty()) {
    co_return Error{Code::kUsage, target.name + " has no health path", target.name,
                    "declare it in the inventory: health = \"/health/deep\""};
  }
  request.headers.emplace_back("Accept", "application/health+json, application/json");
  request.limits.body = kLargestBody;
  request.limits.total = std::chrono::seconds(10);
  RUNBOOK_CO_TRY(response, co_await reach.http(target, std::move(request)));
  const auto document = parse_json(response.body, kJson);
  const bool structured = document && (document->as_map() != nullptr || document->as_list() != nullptr);
  if (!structured && says_json(response) && response.status < 500) {
    co_return Error{Code::kProtocol,
                    "the health document of " + target.name +
                        " cannot be read: " + (document ? "it is no table" : document.error().message),
                    target.name};
  }
  auto health = structured ? parse_health(*document, response.status) : plain_health(response.body, response.status);
  health["http_status"] = response.status;
  health["ms"] = timing_value(response.timing)["total"];
  co_return health;
}

std::string of_health(const Value& value) {
  auto out = in_words(value["status"]);
  const auto& down = value["down"].items();
  for (const auto& name : down) out += (&name == down.data() ? ", down: " : ", ") + in_words(name);
  return out + " (" + in_words(value["http_status"]) + " in " + in_words(value["ms"]) + " ms)";
}

constexpr ArgSpec kArgs[] = {{"path", ArgType::kText, false,
                              "below the target's url; the health path that the inventory declares unless said",
                              "/health/deep"}};

const ReadRow kRows[] = {
    {"health.deep", "http", kArgs, "What the service says of its own health, and of each thing that it depends on.",
     "{status = up, degraded, down or unknown; down = names of the components that are down; components = table of "
     "{status, error, ms} by name; http_status; ms}; a status of 500 and above is an answer too",
     read_deep, "{client} -i {url}{health}", of_health},
};

}  // namespace

std::span<const ReadRow> health_rows() { return kRows; }

}  // namespace runbook::primitive

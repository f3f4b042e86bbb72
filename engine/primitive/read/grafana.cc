// Readers of a Grafana: whether it is well, and the annotations that runs leave in its dashboards.
#include "base/text.h"
#include "base/url.h"
#include "primitive/read/ask_http.h"
#include "primitive/read/read_rows.h"
#include "primitive/read/redis_reply.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::ReadRow;
using safety::Target;

Task<Result<Value>> read_health(Reach& reach, const Target& target, const Value& /*args*/) {
  std::string path = "/api/health";
  RUNBOOK_CO_TRY(document, co_await fetch_json(reach, target, std::move(path)));
  co_return Value(Value::Map{{"database", bounded(document["database"].text_or("unknown"), 40)},
                             {"version", bounded(document["version"].text_or(""), 40)}});
}

Task<Result<Value>> read_annotation(Reach& reach, const Target& target, const Value& args) {
  std::string path = "/api/annotations?type=annotation&limit=500";
  for (const auto& tag : args["tags"].items()) path += "&tags=" + url_encoded(tag.text_or(""));
  RUNBOOK_CO_TRY(document, co_await fetch_json(reach, target, std::move(path)));
  for (const auto& annotation : document.items()) {
    if (!(annotation["text"] == args["text"])) continue;
    co_return Value(Value::Map{{"id", annotation["id"]},
                               {"text", annotation["text"]},
                               {"tags", annotation["tags"]},
                               {"at", annotation["time"]}});
  }
  co_return Value();
}

constexpr ArgSpec kArgs[] = {{"text", ArgType::kText, true, "its text, word by word", "INC-4711: limit raised"},
                             {"tags", ArgType::kArgv, true, "tags that it has", "runbook"}};

const ReadRow kRows[] = {
    {"grafana.health",
     "grafana",
     {},
     "Whether Grafana and its database are well.",
     "{database = ok or another word, version}",
     read_health,
     "{client} {url}/api/health"},
    {"grafana.annotation", "grafana", kArgs, "The annotation with this text and these tags.",
     "{id, text, tags, at}, the time in milliseconds since 1970; nothing when there is none", read_annotation,
     "{client} {url}'/api/annotations?type=annotation&limit=500'"},
};

}  // namespace

std::span<const ReadRow> grafana_rows() { return kRows; }

}  // namespace runbook::primitive

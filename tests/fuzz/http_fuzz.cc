// What services, Prometheus and its kin answer, damaged: every reader of it gives a value or an error, no larger than
// its bounds, with finite numbers only; and a path without escapes that a playbook may ask for passes the guard.
#include "base/json.h"
#include "base/url.h"
#include "driver.h"
#include "guard/http.h"
#include "primitive/read/health_document.h"
#include "primitive/read/prometheus_answer.h"

namespace {

using namespace runbook;

void check_bounded(const Value& value) {
  if (!is_finite(value) || to_json(value).size() > (4U << 20U)) std::abort();
}

void check_health(const Value& document) {
  for (const int status : {200, 503}) {
    const auto health = primitive::parse_health(document, status);
    check_bounded(health);
    const auto said = health["status"].text_or("");
    if (said != "up" && said != "degraded" && said != "down" && said != "unknown") std::abort();
    if (status == 503 && said == "up") std::abort();
    if (health["components"].members().size() > 200) std::abort();
  }
}

void check_prometheus(const Value& document) {
  for (const auto& parsed : {primitive::parse_instant(document), primitive::parse_range(document),
                             primitive::parse_alerts(document), primitive::parse_targets(document)}) {
    if (parsed) check_bounded(*parsed);
    if (!parsed && parsed.error().message.empty()) std::abort();
  }
}

void check_path(std::string_view bytes) {
  const auto url = parse_http_url(bytes);
  if (url && (url->origin.find('@') != std::string::npos || url->port == 0)) std::abort();
  // Of escapes each of the two has its own idea, so that one's mistake is not the other's.
  if (!check_url_path(bytes) || bytes.find('%') != std::string_view::npos) return;
  const guard::HttpGuard guard({"http://a:1/base"});
  const auto path = "/base" + std::string(bytes);
  if (!guard.look({.method = "GET", .origin = "http://a:1", .path = path, .body = ""}, nullptr)) std::abort();
}

void run(std::string_view bytes) {
  check_path(bytes);
  const auto document = parse_json(bytes, {.bytes = 1U << 16U, .depth = 24, .nodes = 5000});
  if (!document) return;
  check_health(*document);
  check_prometheus(*document);
}

const std::vector<std::string> kCorpus = {
    R"({"status":"UP","components":{"db":{"status":"UP","components":{"a":{"status":"DOWN","details":{"error":"x"}}}}}})",
    R"({"status":"warn","checks":{"a:b":[{"status":"fail","output":"x","observedValue":2,"observedUnit":"s"}]}})",
    R"({"healthy":false,"dependencies":[{"name":"redis","healthy":false,"latency":"1.5s"}],"redis":"error"})",
    R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"b"},"value":[1.5,"NaN"]},)"
    R"({"metric":{},"value":[2,"1e3"]}]},"warnings":["w"]})",
    R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"],[2,"+Inf"]]}]}})",
    R"({"status":"success","data":{"resultType":"scalar","result":[1,"4"]}})",
    R"({"status":"success","data":{"alerts":[{"labels":{"alertname":"x"},"state":"firing","annotations":{"summary":"s"}}],)"
    R"("activeTargets":[{"labels":{"job":"j"},"health":"down","lastError":"e"}]}})",
    "/a/%2e%2E/b?c=%2F#",
    "https://[::1]:8443/base/",
    "/a;x/..;y/%252e%25"};

}  // namespace

int main(int argc, char** argv) { return fuzz::fuzz_main(argc, argv, kCorpus, run); }

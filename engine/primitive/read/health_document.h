// What a service says of its own health and of what it depends on, in the shapes that are about. Pure.
//
//   {"status": "UP", "components": {"db": {"status": "UP", "details": {…}}}}       Spring Boot, components in
//   components
//   {"status": "pass", "checks": {"redis:responseTime": [{"status": "fail", "output": "…"}]}}   health+json (RFC draft)
//   {"status": "degraded", "services": {"redis": {"status": "down", "error": "…", "latency_ms": 12}}}
//   {"healthy": false, "dependencies": [{"name": "redis", "healthy": false}]}
//   {"database": "ok", "redis": "connection refused"}                              a flat map
//
// Words that nobody knows are "unknown", never "up".
#pragma once

#include <string_view>

#include "base/value.h"

namespace runbook::primitive {

/// {status, down, components = {name = {status, error, ms}}}. Each status is "up", "degraded", "down" or "unknown";
/// `down` lists the names of components that are, sorted; a component within a component is "outer/inner". At most 200
/// components are taken. A service that calls itself up while a component is down is degraded; one whose HTTP status is
/// 500 or above is not up, whatever it says.
Value parse_health(const Value& document, int http_status);

/// The same of an answer that is no JSON: a word such as OK, or only its HTTP status.
Value plain_health(std::string_view body, int http_status);

}  // namespace runbook::primitive

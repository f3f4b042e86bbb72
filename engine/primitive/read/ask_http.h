// What the readers over HTTP share: one question to a target, and what its answer is to a playbook.
#pragma once

#include <chrono>
#include <string>

#include "base/value.h"
#include "primitive/reach.h"

namespace runbook::primitive {

/// A GET of a document that ought to be JSON. kAuth and kDenied for 401 and 403, kNotFound for 404, kRemote for any
/// other status that is no success; kProtocol when it is no JSON. Each repeats the beginning of what the target said.
Task<Result<Value>> fetch_json(Reach& reach, const safety::Target& target, std::string path);

/// Whether what came says that it is JSON: application/json, application/health+json.
bool says_json(const net::HttpResponse& response);

/// {status, headers, body, json, malformed, size, location, tries, timing}, as the row http.get documents it.
Value answer_value(const net::HttpResponse& response);

/// {resolved, connected, secured, first_byte, total} in milliseconds, with one decimal.
Value timing_value(const net::HttpTiming& timing);

/// The first header of that name (in lower case); empty when there is none.
std::string_view header_of(const net::HttpResponse& response, std::string_view name);

}  // namespace runbook::primitive

// A read over HTTP that is asked again when it failed for a reason that may pass. Only for reads: a change is sent
// once.
//
// Asked again is what nobody answered in time (kUnreachable, kTimeout) and what a proxy or an overloaded server turned
// away: 429, 502, 503, 504. Between two tries it waits 100 ms, 200 ms, 400 ms … up to 2 s. All tries together end with
// the total limit of the request, and what came last is the answer.
#pragma once

#include "net/http.h"

namespace runbook::net {

/// `retries`: how often it may be asked again. The answer's `tries`, or the error's words, say how often it was asked.
Task<Result<HttpResponse>> read_patiently(HttpClient& client, Loop loop, HttpRequest request, unsigned retries);

}  // namespace runbook::net

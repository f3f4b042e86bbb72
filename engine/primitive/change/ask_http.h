// What the changes over HTTP share: one request, sent once, and what its answer says of it.
#pragma once

#include <span>

#include "guard/permit.h"
#include "primitive/reach.h"
#include "safety/change.h"

namespace runbook::primitive {

/// Sends the one call of the permit (guard/http.h), with an Idempotency-Key that is made of its INTENT: whoever sent it
/// again would send the same. `expects`: the statuses that mean that it was done; empty: 200 to 299. kInDoubt when no
/// whole answer came, and for one of 500 and above, which a proxy may have given in the service's place; kRemote when
/// the service says no.
Task<Result<net::HttpResponse>> send_once(Reach& reach, const safety::Target& target, const guard::Permit& permit,
                                          std::span<const int> expects);

/// The same where any success means that it was done.
Task<Result<void>> send_document(Reach& reach, const safety::Target& target, const guard::Permit& permit);

}  // namespace runbook::primitive

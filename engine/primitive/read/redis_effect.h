// Which Redis commands the generic reader `redis.read` may run: the primitives' own idea of what is a read.
//
// Written apart from the guard's list (guard/redis.cc), on purpose: either alone keeps a change from passing, and one
// mistake in one list is not enough. This one knows nothing of the login commands: on a connection that readings
// share, SELECT or AUTH would change what the others see. A test holds both lists against each other and against the
// flags of a real server.
#pragma once

#include <span>
#include <string>

namespace runbook::primitive {

/// Whether the command only looks, does not block and does not stall the server. Alone in its object file, so that a
/// test can link without it.
bool is_redis_read(std::span<const std::string> argv);

}  // namespace runbook::primitive

// The last look at what goes to a Redis server, right before it is sent.
//
// The guard reads the outgoing bytes themselves and not what a caller says of them: a primitive that is wrong about
// its own effect, or a playbook that got past the primitives, still meets it. So it has a parser of its own and a list
// of its own, and shares neither with net/ nor with the effect list of the primitives (primitive/read/redis_effect.h).
//
// Form: whole RESP frames, one after the other, each an array of at least one bulk string. Anything else, such as
// inline commands, leading zeros or half a frame, is refused: what two parsers may read differently is no read.
//
// The list holds what passes, never what does not. The server's own flags cannot serve: of 366 commands of Redis 7.0,
// 168 carry neither `write` nor `readonly`, and some that are flagged `readonly` are not ours to send at 03:00:
//   KEYS, LCS            stall the server for as long as the data is large
//   PFCOUNT, TOUCH       write (the cached count; the access time)
//   XREAD                can block; XRANGE reads the same
//   EVAL_RO, EVALSHA_RO, FCALL_RO   run code
//   LOLWUT, SUBSTR       nobody needs them
// SORT, GEORADIUS and BITFIELD can store; their _RO forms pass. WATCH, MULTI, EXEC and their like need a permit.
#pragma once

#include <string_view>

#include "base/error.h"
#include "guard/permit.h"

namespace runbook::guard {

class RedisGuard {
 public:
  /// Whether these bytes may be sent. Without a permit (null) only reads and the commands of a login pass; with one
  /// also the commands it lists, byte for byte. kRefused names the command, and of its arguments at most the
  /// subcommand. Alone in its object file, so that a test can link without it.
  [[nodiscard]] Result<> look(std::string_view outgoing, const Permit* permit) const;
};

}  // namespace runbook::guard

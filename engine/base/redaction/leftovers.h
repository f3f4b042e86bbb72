// What in kept things still looks like a secret: for those who hand them on.
//
// What is kept came in through the redactor; this looks at it once more, with what is known now. So it finds what was
// kept before a secret was declared or a rule was made, what a way back needs as it is (a file, a dump), and words that
// look random: 24 to 128 letters and digits, both cases and digits among them, and hardly one twice. Hashes and ids
// are not that, for they are hexadecimal. It tells where something stands and what it looks like, never what it says.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/redaction/redactor.h"
#include "base/value.h"

namespace runbook {

struct Leftover {
  std::string where{};  // "env.0", "text"; as a path into the value, empty for the value itself
  std::string shape{};  // "a token", "a password in a URL", "the secret REDIS"
};

/// Of an answer to a call with these arguments, in its order.
std::vector<Leftover> leftovers_in(Redactor& redactor, const Value& answer, const Value& args);

/// Whether it is one word that looks random.
bool looks_random(std::string_view word);

}  // namespace runbook

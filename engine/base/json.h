// Canonical JSON: the one text form of a Value. Hashes, digests, audit lines and `-o json` are made of it.
//
// Members are sorted by their bytes, there is no white space, a number without a fraction below 2^53 is written as
// an integer and any other in the shortest form that reads back the same; -0 is 0. Only ", \ and characters
// below 0x20 are escaped. A string that is not UTF-8 is written as {"$base64":"…"}, so nothing is ever lost; a key that
// is not is written escaped. What was written and is parsed and written again is the same text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/value.h"

namespace runbook {

/// Writes canonical JSON. NaN and infinities become null: callers that hash must refuse them before (see `is_finite`).
std::string to_json(const Value& value);

/// The same, indented by two blanks, for people.
std::string to_pretty_json(const Value& value);

/// Whether no number in the value is NaN or infinite.
bool is_finite(const Value& value);

struct JsonLimits {
  std::size_t bytes = 16U << 20U;
  std::size_t depth = 64;
  std::size_t nodes = 1U << 20U;
};

/// Parses JSON (RFC 8259); {"$base64":"…"} becomes the bytes again, if they are no UTF-8. kProtocol for malformed text,
/// kLimit beyond the limits.
Result<Value> parse_json(std::string_view text, const JsonLimits& limits = {});

}  // namespace runbook

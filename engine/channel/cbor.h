// The part of CBOR (RFC 8949) that a Value needs: null, booleans, integers, doubles, text, bytes, arrays, maps.
//
// Written here because the reader faces a hostile writer. nlohmann/json's reader, even through its SAX interface,
// recurses over nested indefinite-length strings where no callback can stop it: 1 MiB of 0x7f overflows the stack. Both
// ends are ours, so indefinite lengths, tags, half and single floats have no use and are refused, with NaN, infinities,
// duplicate keys and keys that are no text. Any other reader of CBOR can read what is written here.
//
// Strings are bytes: they are written as text when they are UTF-8, else as a byte string, and read back as the same.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/value.h"

namespace runbook::channel {

inline constexpr std::size_t kDepth = 32;
inline constexpr std::size_t kNodes = 200'000;

/// Appends the value. kLimit when it is deeper than kDepth, kUsage when it holds NaN or an infinity.
Result<> write_cbor(const Value& value, std::string& out);

/// Reads exactly one value. kLimit beyond kDepth or kNodes, kProtocol for anything malformed or left over.
Result<Value> read_cbor(std::string_view bytes);

}  // namespace runbook::channel

// RESP, the protocol of Redis: commands out, replies in (https://redis.io/docs/reference/protocol-spec). Pure, no I/O.
//
// We speak RESP2, because no reading needs RESP3 and every server since 2.0 has it, but replies of RESP3 are
// understood: a proxy or a later HELLO may bring them. Attributes are read and dropped. Streamed aggregates ("*?"),
// which no server sends, are refused.
//
// What comes in is hostile until parsed. Nothing is allocated for a length that is only declared: an array grows with
// the elements that arrive, a string with its bytes, and a header beyond the limits ends the parse at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace runbook::net {

struct Reply {
  enum class Kind : std::uint8_t {
    kNil,
    kStatus,     // text: +OK
    kError,      // text: -WRONGTYPE Operation against …
    kInteger,    // integer
    kBulk,       // text, any bytes
    kArray,      // items
    kMap,        // items: key, value, key, value …
    kSet,        // items
    kDouble,     // real; may be infinite or NaN
    kBool,       // integer 0 or 1
    kBigNumber,  // text of decimal digits
    kVerbatim,   // text without its format prefix
    kPush,       // items; an out-of-band message, never an answer
  };
  Kind kind = Kind::kNil;
  std::int64_t integer = 0;
  double real = 0;
  std::string text{};
  std::vector<Reply> items{};
};

struct RespLimits {
  std::size_t bytes = 64U << 20U;    // of one reply with all that is inside it
  std::size_t line = 64U << 10U;     // of a status, an error or a number
  std::size_t elements = 1'000'000;  // of one reply, all levels together
  std::size_t depth = 16;            // of nested aggregates
};

/// Takes bytes as they come and gives replies as they are complete.
class ReplyParser {
 public:
  explicit ReplyParser(const RespLimits& limits = {}) : limits_(limits) {}

  void feed(std::string_view bytes);

  /// The next reply, nothing when more bytes are needed; kProtocol for bytes that are no RESP, kLimit beyond the
  /// limits. After an error the stream is lost, and every further call gives the same error.
  Result<std::optional<Reply>> next();

 private:
  struct Open {
    Reply reply;
    std::size_t missing;
    bool attribute;
  };

  Result<std::optional<Reply>> advance();
  Result<std::optional<std::string_view>> line();
  Result<bool> take_scalar(std::string_view line, Reply& reply);
  Result<std::optional<Reply>> take_bulk(std::string_view line);
  Result<std::optional<Reply>> open_aggregate(std::string_view line);
  std::optional<Reply> close_with(Reply reply);
  void consume(std::size_t bytes);

  RespLimits limits_;
  std::string buffer_;
  std::size_t at_ = 0;        // start of what is not yet parsed
  std::size_t searched_ = 0;  // up to here no end of line was found
  std::size_t bytes_ = 0;     // consumed for the reply in hand
  std::size_t elements_ = 0;
  std::vector<Open> open_;
  std::optional<Error> failure_;
};

/// A command as the server reads it: an array of bulk strings.
std::string encode_command(std::span<const std::string> argv);

}  // namespace runbook::net

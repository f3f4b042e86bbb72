// Messages as bytes, in both directions, without I/O.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "channel/message.h"

namespace runbook::channel {

/// The largest frames, length field not counted. What the worker says is small; what it is told may be a whole log.
inline constexpr std::size_t kFromWorker = std::size_t{1} << 20U;
inline constexpr std::size_t kToWorker = std::size_t{8} << 20U;

/// The frame of a message: length and body. kLimit above `frame_limit` bytes or the limits of cbor.h, kUsage for NaN.
Result<std::string> encode(Message message, std::size_t frame_limit);

/// Takes bytes as they come and gives messages. After an error it is of no further use.
class Decoder {
 public:
  explicit Decoder(std::size_t frame_limit) : frame_limit_(frame_limit) {}

  void feed(std::string_view bytes);
  /// The next whole message; nothing when more bytes are needed. kProtocol for anything that is no message, kLimit for
  /// one that is too large; a length above the limit is refused before its bytes are awaited.
  Result<std::optional<Message>> next();

 private:
  std::size_t frame_limit_;
  std::string buffer_;
  std::size_t taken_ = 0;  // bytes of the buffer that were given out already
};

}  // namespace runbook::channel

#include "channel/codec.h"

#include <limits>
#include <utility>

#include "channel/cbor.h"

namespace runbook::channel {

namespace {

constexpr std::size_t kLength = 4;

Error no_message(std::string_view why) {
  return {.code = Code::kProtocol, .message = "no message of ours: " + std::string(why)};
}

std::optional<std::uint32_t> whole_number(const Value& value, std::uint32_t most) {
  const auto* number = value.as_number();
  if (number == nullptr || *number < 0 || *number > most) return std::nullopt;
  const auto whole = static_cast<std::uint32_t>(*number);
  if (static_cast<double>(whole) != *number) return std::nullopt;
  return whole;
}

Result<Message> message_of(Value value) {
  auto* parts = value.as_list();
  if (parts == nullptr || parts->size() != 3) return no_message("not a list of type, id and body");
  const auto type = whole_number((*parts)[0], kTypes - 1);
  if (!type) return no_message("unknown type");
  const auto id = whole_number((*parts)[1], std::numeric_limits<std::uint32_t>::max());
  if (!id) return no_message("the id is no number from 0 to 2^32-1");
  return Message{.type = static_cast<Type>(*type), .id = *id, .body = std::move((*parts)[2])};
}

}  // namespace

Result<std::string> encode(Message message, std::size_t frame_limit) {
  Value::List parts;
  parts.emplace_back(static_cast<unsigned>(message.type));
  parts.emplace_back(message.id);
  parts.push_back(std::move(message.body));
  std::string frame(kLength, '\0');
  RUNBOOK_CHECK(write_cbor(Value(std::move(parts)), frame));
  const auto size = frame.size() - kLength;
  if (size > frame_limit) {
    return Error{.code = Code::kLimit,
                 .message = "a message of " + std::to_string(size) + " bytes; at most " + std::to_string(frame_limit) +
                            " can be sent"};
  }
  for (std::size_t i = 0; i < kLength; ++i) frame[i] = static_cast<char>((size >> (8 * i)) & 0xFFU);
  return frame;
}

void Decoder::feed(std::string_view bytes) {
  buffer_.erase(0, std::exchange(taken_, 0));
  buffer_ += bytes;
}

Result<std::optional<Message>> Decoder::next() {
  const auto rest = std::string_view(buffer_).substr(taken_);
  if (rest.size() < kLength) return std::optional<Message>();
  std::size_t size = 0;
  for (std::size_t i = 0; i < kLength; ++i) size |= std::size_t{static_cast<unsigned char>(rest[i])} << (8 * i);
  if (size > frame_limit_)
    return Error{.code = Code::kLimit, .message = "a message of " + std::to_string(size) + " bytes"};
  if (rest.size() - kLength < size) return std::optional<Message>();
  RUNBOOK_TRY(value, read_cbor(rest.substr(kLength, size)));
  RUNBOOK_TRY(message, message_of(std::move(value)));
  taken_ += kLength + size;
  return std::optional<Message>(std::move(message));
}

}  // namespace runbook::channel

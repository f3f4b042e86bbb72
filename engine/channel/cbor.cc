#include "channel/cbor.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <utility>

#include "base/text.h"

namespace runbook::channel {

namespace {

enum Major : unsigned { kUnsigned = 0, kNegative = 1, kBytes = 2, kText = 3, kArray = 4, kMap = 5, kSimple = 7 };
constexpr unsigned char kFalse = 0xF4;
constexpr unsigned char kTrue = 0xF5;
constexpr unsigned char kNull = 0xF6;
constexpr unsigned char kDouble = 0xFB;
constexpr double kExact = 9007199254740992.0;  // 2^53

void write_big_endian(std::string& out, std::uint64_t number, unsigned bytes) {
  for (unsigned shift = bytes * 8; shift != 0; shift -= 8) out += static_cast<char>((number >> (shift - 8)) & 0xFFU);
}

void write_head(std::string& out, Major major, std::uint64_t number) {
  const auto first = [&](unsigned low) { out += static_cast<char>((major << 5U) | low); };
  if (number < 24) return first(static_cast<unsigned>(number));
  const unsigned size = number <= 0xFF ? 0 : number <= 0xFFFF ? 1 : number <= 0xFFFF'FFFF ? 2 : 3;
  first(24 + size);
  write_big_endian(out, number, 1U << size);
}

void write_string(std::string& out, std::string_view text) {
  write_head(out, is_utf8(text) ? kText : kBytes, text.size());
  out += text;
}

Result<> write_number(std::string& out, double number) {
  if (!std::isfinite(number)) return Error{.code = Code::kUsage, .message = "NaN and infinity cannot be sent"};
  if (number == std::trunc(number) && std::fabs(number) < kExact) {
    const auto whole = static_cast<std::int64_t>(number);
    if (whole >= 0) {
      write_head(out, kUnsigned, static_cast<std::uint64_t>(whole));
    } else {
      write_head(out, kNegative, static_cast<std::uint64_t>(-1 - whole));
    }
    return {};
  }
  out += static_cast<char>(kDouble);
  write_big_endian(out, std::bit_cast<std::uint64_t>(number), 8);
  return {};
}

Result<> write(const Value& value, std::string& out, std::size_t depth) {
  if (depth > kDepth) return Error{.code = Code::kLimit, .message = "tables nested deeper than 32 cannot be sent"};
  if (const auto* flag = value.as_bool()) {
    out += static_cast<char>(*flag ? kTrue : kFalse);
  } else if (const auto* number = value.as_number()) {
    return write_number(out, *number);
  } else if (const auto* text = value.as_text()) {
    write_string(out, *text);
  } else if (const auto* list = value.as_list()) {
    write_head(out, kArray, list->size());
    for (const auto& item : *list) RUNBOOK_CHECK(write(item, out, depth + 1));
  } else if (const auto* map = value.as_map()) {
    write_head(out, kMap, map->size());
    for (const auto& [key, member] : *map) {
      write_string(out, key);
      RUNBOOK_CHECK(write(member, out, depth + 1));
    }
  } else {
    out += static_cast<char>(kNull);
  }
  return {};
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  Result<Value> whole() {
    RUNBOOK_TRY(value, read(1));
    if (!rest_.empty()) return malformed("bytes after its end");
    return std::move(value);
  }

 private:
  static Error malformed(std::string_view what) {
    return {.code = Code::kProtocol, .message = "malformed CBOR: " + std::string(what)};
  }

  Result<std::uint64_t> read_big_endian(std::size_t bytes) {
    if (rest_.size() < bytes) return malformed("cut short");
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < bytes; ++i) number = (number << 8U) | static_cast<unsigned char>(rest_[i]);
    rest_.remove_prefix(bytes);
    return number;
  }

  Result<std::uint64_t> read_argument(unsigned low) {
    if (low < 24) return low;
    if (low > 27) return malformed("indefinite or reserved length");
    return read_big_endian(std::size_t{1} << (low - 24));
  }

  Result<std::string> read_string(std::uint64_t length) {
    if (length > rest_.size()) return malformed("cut short");
    std::string text(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return text;
  }

  Result<Value> read_simple(unsigned char first) {
    if (first == kFalse || first == kTrue) return Value(first == kTrue);
    if (first == kNull) return Value();
    if (first != kDouble) return malformed("a type that is not used here");
    RUNBOOK_TRY(bits, read_big_endian(8));
    const auto number = std::bit_cast<double>(bits);
    if (!std::isfinite(number)) return malformed("NaN or infinity");
    return Value(number);
  }

  Result<Value> read_array(std::uint64_t length, std::size_t depth) {
    Value::List list;
    for (; length != 0; --length) {
      RUNBOOK_TRY(item, read(depth + 1));
      list.push_back(std::move(item));
    }
    return Value(std::move(list));
  }

  Result<Value> read_map(std::uint64_t length, std::size_t depth) {
    Value::Map map;
    for (; length != 0; --length) {
      RUNBOOK_TRY(key, read(depth + 1));
      if (key.as_text() == nullptr) return malformed("a key that is no text");
      RUNBOOK_TRY(member, read(depth + 1));
      if (!map.emplace(*key.as_text(), std::move(member)).second) return malformed("a key given twice");
    }
    return Value(std::move(map));
  }

  // No length is trusted beyond the bytes that are there: lists grow as their items are read.
  Result<Value> read(std::size_t depth) {
    if (depth > kDepth) return Error{.code = Code::kLimit, .message = "nested deeper than 32"};
    if (++nodes_ > kNodes) return Error{.code = Code::kLimit, .message = "more than 200,000 values in one message"};
    RUNBOOK_TRY(first, read_big_endian(1));
    const auto major = static_cast<unsigned>(first >> 5U);
    if (major == kSimple) return read_simple(static_cast<unsigned char>(first));
    RUNBOOK_TRY(argument, read_argument(static_cast<unsigned>(first & 31U)));
    switch (major) {
      case kUnsigned:
        return Value(argument);
      case kNegative:
        return Value(-1.0 - static_cast<double>(argument));
      case kBytes:
      case kText: {
        RUNBOOK_TRY(text, read_string(argument));
        return Value(std::move(text));
      }
      case kArray:
        return read_array(argument, depth);
      case kMap:
        return read_map(argument, depth);
      default:
        return malformed("a tag");
    }
  }

  std::string_view rest_;
  std::size_t nodes_ = 0;
};

}  // namespace

Result<> write_cbor(const Value& value, std::string& out) { return write(value, out, 1); }

Result<Value> read_cbor(std::string_view bytes) { return Reader(bytes).whole(); }

}  // namespace runbook::channel

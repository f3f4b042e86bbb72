#include <limits>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "catch.h"
#include "channel/cbor.h"
#include "channel/codec.h"
#include "channel/line_page.h"

using namespace runbook;
using namespace runbook::channel;

namespace {

Value sample() {
  return *parse_json(
      R"({"a":[1,-1,23,24,255,256,65536,4294967296,-25,1.5,true,false,null],"text":"Grüße","empty":{},"none":[]})");
}

Message message_of(Value body) { return {.type = Type::kCall, .id = 7, .body = std::move(body)}; }

std::string frame_of(std::string_view body) {
  std::string frame(4, '\0');
  for (std::size_t i = 0; i < 4; ++i) frame[i] = static_cast<char>(body.size() >> (8 * i));
  return frame.append(body);
}

Code refusal(std::string_view cbor) {
  const auto value = read_cbor(cbor);
  REQUIRE_FALSE(value);
  return value.error().code;
}

}  // namespace

TEST_CASE("every value reads back as itself") {
  Value value = sample();
  value["bytes"] = std::string("\xff\x00\x80", 3);
  value["long"] = std::string(70'000, 'x');
  value["exact"] = 9007199254740991.0;
  value["beyond"] = 1e300;
  std::string bytes;
  REQUIRE(write_cbor(value, bytes));
  const auto read = read_cbor(bytes);
  REQUIRE(read);
  CHECK(*read == value);
}

TEST_CASE("what is written is CBOR to another reader too") {
  std::string bytes;
  REQUIRE(write_cbor(sample(), bytes));
  CHECK(nlohmann::json::from_cbor(bytes).dump() == nlohmann::json::parse(to_json(sample())).dump());
}

TEST_CASE("minus zero is zero, and NaN and infinities are refused on both sides") {
  std::string bytes;
  REQUIRE(write_cbor(Value(-0.0), bytes));
  CHECK(bytes == std::string(1, '\0'));
  CHECK(write_cbor(Value(std::numeric_limits<double>::quiet_NaN()), bytes).error().code == Code::kUsage);
  CHECK(write_cbor(Value(std::numeric_limits<double>::infinity()), bytes).error().code == Code::kUsage);
  CHECK(refusal(std::string_view("\xfb\x7f\xf0\0\0\0\0\0\0", 9)) == Code::kProtocol);
  CHECK(refusal(std::string_view("\xfb\x7f\xf8\0\0\0\0\0\0", 9)) == Code::kProtocol);
}

TEST_CASE("malformed and unused CBOR is refused") {
  for (const std::string_view bad :
       {std::string_view(""), std::string_view("\x18"), std::string_view("\x62\x61"), std::string_view("\x82\x01"),
        std::string_view("\xa1\x01\x02"), std::string_view("\xa2\x61\x61\x01\x61\x61\x02"),
        std::string_view("\xc0\x01"), std::string_view("\x9f\xff"), std::string_view("\x7f\xff"),
        std::string_view("\xf9\0\0", 3), std::string_view("\xfa\0\0\0\0", 5), std::string_view("\xf7"),
        std::string_view("\x1c"), std::string_view("\x01\x01"),
        std::string_view("\x9b\xff\xff\xff\xff\xff\xff\xff\xff"),
        std::string_view("\x7b\xff\xff\xff\xff\xff\xff\xff\xff")}) {
    CHECK(refusal(bad) == Code::kProtocol);
  }
}

TEST_CASE("a megabyte of any one byte neither overflows the stack nor takes memory") {
  for (int byte = 0; byte < 256; ++byte) {
    const auto value = read_cbor(std::string(1U << 20U, static_cast<char>(byte)));
    CHECK_FALSE(value);
  }
}

TEST_CASE("depth and number of values are bounded on both sides") {
  Value deep;
  for (int i = 0; i < 40; ++i) deep = Value(Value::List{std::move(deep)});
  std::string bytes;
  CHECK(write_cbor(deep, bytes).error().code == Code::kLimit);
  CHECK(refusal(std::string(40, '\x81') + '\x01') == Code::kLimit);
  CHECK(refusal(std::string("\x9a\x00\x04\x00\x00", 5) + std::string(0x40000, '\x01')) == Code::kLimit);
}

TEST_CASE("what one side can just encode the other can decode") {
  Value deep(1);
  for (std::size_t i = 0; i + 2 < kDepth; ++i) deep = Value(Value::List{std::move(deep)});
  auto frame = encode(message_of(deep), kToWorker);
  REQUIRE(frame);
  Decoder decoder(kToWorker);
  decoder.feed(*frame);
  const auto message = decoder.next();
  REQUIRE(message);
  CHECK((*message)->body == deep);
  CHECK_FALSE(encode(message_of(Value(Value::List{deep})), kToWorker));
}

TEST_CASE("messages come out whole, however the bytes come in") {
  const auto one = encode(message_of(sample()), kFromWorker);
  const auto two = encode({.type = Type::kDone, .id = 8, .body = Value()}, kFromWorker);
  REQUIRE(one);
  REQUIRE(two);
  const auto stream = *one + *two + *one;
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{7}, stream.size()}) {
    Decoder decoder(kFromWorker);
    std::vector<Message> got;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      decoder.feed(std::string_view(stream).substr(at, piece));
      for (auto next = decoder.next(); next && *next; next = decoder.next()) got.push_back(**next);
    }
    REQUIRE(got.size() == 3);
    CHECK(got[0] == message_of(sample()));
    CHECK(got[1].type == Type::kDone);
    CHECK(got[2] == got[0]);
  }
}

TEST_CASE("a frame that is too long is refused before its bytes, and by the encoder") {
  Decoder decoder(kFromWorker);
  decoder.feed(std::string_view("\x01\x00\x10\x00", 4));
  CHECK(decoder.next().error().code == Code::kLimit);
  CHECK(encode(message_of(Value(std::string(kFromWorker, 'x'))), kFromWorker).error().code == Code::kLimit);
  CHECK(encode(message_of(Value(std::string(kFromWorker - 16, 'x'))), kFromWorker));
}

TEST_CASE("a frame that is no message is refused") {
  for (const std::string_view bad :
       {std::string_view("\x01"), std::string_view("\x82\x01\x01"), std::string_view("\x83\x09\x01\xf6"),
        std::string_view("\x83\x20\x01\xf6"), std::string_view("\x83\x01\x61\x61\xf6"),
        std::string_view("\x83\x01\x1b\x00\x00\x00\x01\x00\x00\x00\x00\xf6", 12),
        std::string_view("\x83\xfb\x3f\xf8\x00\x00\x00\x00\x00\x00\x01\xf6", 12),
        std::string_view("\x83\x01\x01\xf6\xf6")}) {
    Decoder decoder(kFromWorker);
    decoder.feed(frame_of(bad));
    const auto message = decoder.next();
    REQUIRE_FALSE(message);
    CHECK(message.error().code == Code::kProtocol);
  }
}

TEST_CASE("the line page is read within its bounds") {
  LinePage page{};
  CHECK(where(page).empty());
  page.line = 12;
  std::copy_n("book.lua", 9, page.file);
  CHECK(where(page) == "book.lua:12");
  std::fill(std::begin(page.file), std::end(page.file), 'x');
  CHECK(where(page) == std::string(sizeof page.file, 'x') + ":12");
}

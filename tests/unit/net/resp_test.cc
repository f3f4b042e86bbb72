#include "net/resp.h"

#include <cmath>

#include "catch.h"

using namespace runbook;
using net::Reply;
using net::ReplyParser;
using Kind = net::Reply::Kind;

namespace {

Reply parse(std::string_view bytes) {
  ReplyParser parser;
  parser.feed(bytes);
  auto reply = parser.next();
  REQUIRE(reply.has_value());
  REQUIRE(reply->has_value());
  auto rest = parser.next();
  REQUIRE(rest.has_value());
  REQUIRE_FALSE(rest->has_value());
  return std::move(**reply);
}

Error parse_error(std::string_view bytes, const net::RespLimits& limits = {}) {
  ReplyParser parser(limits);
  parser.feed(bytes);
  auto reply = parser.next();
  REQUIRE_FALSE(reply.has_value());
  return reply.error();
}

}  // namespace

TEST_CASE("the five forms of RESP2 are understood") {
  CHECK(parse("+OK\r\n").text == "OK");
  CHECK(parse("-ERR no\r\n").kind == Kind::kError);
  CHECK(parse(":-42\r\n").integer == -42);
  CHECK(parse("$5\r\na\r\nb\n\r\n").text == "a\r\nb\n");
  CHECK(parse("$0\r\n\r\n").kind == Kind::kBulk);
  CHECK(parse("$-1\r\n").kind == Kind::kNil);
  CHECK(parse("*-1\r\n").kind == Kind::kNil);
  CHECK(parse("*0\r\n").items.empty());
  const auto nested = parse("*3\r\n:1\r\n*2\r\n$1\r\na\r\n*0\r\n$-1\r\n");
  REQUIRE(nested.items.size() == 3);
  CHECK(nested.items[1].items[0].text == "a");
  CHECK(nested.items[2].kind == Kind::kNil);
}

TEST_CASE("the forms of RESP3 are understood") {
  CHECK(parse("_\r\n").kind == Kind::kNil);
  CHECK(parse("#t\r\n").integer == 1);
  CHECK(parse("#f\r\n").integer == 0);
  CHECK(parse(",1.5\r\n").real == 1.5);
  CHECK(std::isinf(parse(",-inf\r\n").real));
  CHECK(std::isnan(parse(",nan\r\n").real));
  CHECK(parse("(3492890328409238509324850943850943825024385\r\n").kind == Kind::kBigNumber);
  CHECK(parse("!5\r\nERR x\r\n").kind == Kind::kError);
  CHECK(parse("=7\r\ntxt:abc\r\n").text == "abc");
  CHECK(parse("%1\r\n+k\r\n:1\r\n").items.size() == 2);
  CHECK(parse("~2\r\n:1\r\n:2\r\n").kind == Kind::kSet);
  CHECK(parse(">1\r\n+invalidate\r\n").kind == Kind::kPush);
}

TEST_CASE("attributes are read and dropped, wherever they stand") {
  CHECK(parse("|1\r\n+ttl\r\n:3600\r\n+OK\r\n").text == "OK");
  CHECK(parse("|0\r\n:7\r\n").integer == 7);
  const auto list = parse("*2\r\n:1\r\n|1\r\n+a\r\n*1\r\n:9\r\n:2\r\n");
  REQUIRE(list.items.size() == 2);
  CHECK(list.items[1].integer == 2);
}

TEST_CASE("replies come out the same whatever pieces they arrive in") {
  const std::string bytes = "*2\r\n$3\r\nabc\r\n%1\r\n+k\r\n,2.5\r\n-ERR x\r\n$2\r\n\r\n\r\n:1\r\n";
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    ReplyParser parser;
    std::vector<Reply> replies;
    for (std::size_t at = 0; at < bytes.size(); at += size) {
      parser.feed(std::string_view(bytes).substr(at, size));
      for (;;) {
        auto reply = parser.next();
        REQUIRE(reply.has_value());
        if (!*reply) break;
        replies.push_back(std::move(**reply));
      }
    }
    REQUIRE(replies.size() == 4);
    CHECK(replies[0].items[1].items[1].real == 2.5);
    CHECK(replies[2].text == "\r\n");
    CHECK(replies[3].integer == 1);
  }
}

TEST_CASE("bytes that are no reply are a protocol error, and stay one") {
  for (const auto* bytes : {"HTTP/1.1 400 Bad Request\r\n", "\r\n", ":\r\n", ":1x\r\n", "$x\r\n", "$-2\r\n", "*-2\r\n",
                            "*?\r\n", "#x\r\n", "_x\r\n", ",\r\n", "(12a\r\n", "$1\r\nabc\r\n", "=2\r\nab\r\n",
                            "+a\rb\r\n", "%-1\r\n", "*1\r\n@\r\n", ":+-1\r\n"}) {
    INFO(bytes);
    ReplyParser parser;
    parser.feed(bytes);
    CHECK(parser.next().error().code == Code::kProtocol);
    parser.feed("+OK\r\n");
    CHECK(parser.next().error().code == Code::kProtocol);
  }
}

TEST_CASE("a declared length of a billion ends the parse at once") {
  CHECK(parse_error("$1000000000\r\n").code == Code::kLimit);
  CHECK(parse_error("*1000000000\r\n").code == Code::kLimit);
  CHECK(parse_error("%500001\r\n").code == Code::kLimit);
  CHECK(parse_error("*9223372036854775807\r\n").code == Code::kLimit);
  CHECK(parse_error("$9223372036854775807\r\n").code == Code::kLimit);
  CHECK(parse_error("$9223372036854775808\r\n").code == Code::kProtocol);
}

TEST_CASE("a reply is bounded in size, elements, depth and length of a line") {
  std::string deep;
  for (int i = 0; i < 17; ++i) deep += "*1\r\n";
  CHECK(parse_error(deep).code == Code::kLimit);
  CHECK(parse_error("*2\r\n*3\r\n", {.elements = 4}).code == Code::kLimit);
  CHECK(parse_error("*2\r\n$5\r\nabcde\r\n$5\r\n", {.bytes = 16}).code == Code::kLimit);
  CHECK(parse_error("+" + std::string(100, 'a'), {.line = 64}).code == Code::kLimit);
  CHECK(parse_error("*2\r\n+aaaaaaaaaa\r\n+bbbbbbbbbb\r\n:1\r\n", {.bytes = 20}).code == Code::kLimit);
}

TEST_CASE("the limits count for each reply anew") {
  ReplyParser parser({.bytes = 16, .elements = 2});
  for (int i = 0; i < 10; ++i) parser.feed("*2\r\n:1\r\n:2\r\n");
  for (int i = 0; i < 10; ++i) CHECK(parser.next().value().has_value());
}

TEST_CASE("commands are arrays of bulk strings") {
  const std::vector<std::string> argv = {"SET", "", "a\r\nb"};
  CHECK(net::encode_command(argv) == "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$4\r\na\r\nb\r\n");
}

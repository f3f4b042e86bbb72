#include "net/docker_frames.h"

#include <string>
#include <vector>

#include "catch.h"

using namespace runbook;
using net::DockerFrames;
using net::DockerStream;

namespace {

std::string frame(char stream, const std::string& content) {
  const auto size = content.size();
  return std::string{stream, 0, 0, 0} +
         std::string{static_cast<char>(size >> 24U), static_cast<char>(size >> 16U), static_cast<char>(size >> 8U),
                     static_cast<char>(size)} +
         content;
}

struct Heard {
  std::string out, err;
  Result<> fed, ended;
};

Heard hear(const std::string& bytes, std::size_t piece) {
  Heard heard;
  DockerFrames frames([&](DockerStream stream, std::string_view text) {
    (stream == DockerStream::kStderr ? heard.err : heard.out) += text;
  });
  for (std::size_t at = 0; at < bytes.size() && heard.fed; at += piece)
    heard.fed = frames.feed(std::string_view(bytes).substr(at, piece));
  heard.ended = frames.end();
  return heard;
}

}  // namespace

TEST_CASE("frames give both streams apart, however the bytes are cut") {
  const auto bytes = frame(1, "started\n") + frame(2, "a warning\n") + frame(1, "") + frame(1, std::string(300, 'x'));
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    const auto heard = hear(bytes, piece);
    REQUIRE(heard.fed);
    REQUIRE(heard.ended);
    CHECK(heard.out == "started\n" + std::string(300, 'x'));
    CHECK(heard.err == "a warning\n");
  }
}

TEST_CASE("a stream that ends within a frame says so, and what came of it is not lost") {
  const auto bytes = frame(1, "started\n") + frame(2, "a warning\n");
  for (std::size_t length = 1; length < bytes.size(); ++length) {
    const auto heard = hear(bytes.substr(0, length), 3);
    CHECK(heard.fed.has_value());
    CHECK(heard.ended.has_value() == (length == frame(1, "started\n").size()));
  }
  CHECK(hear(bytes.substr(0, 12), 5).out == "star");
}

TEST_CASE("what is no frame is told at once, and a declared size allocates nothing") {
  for (const auto& bytes : {std::string("plain text of a terminal\n"), std::string("\3\0\0\0\0\0\0\1x", 9),
                            std::string("\1\0\1\0\0\0\0\1x", 9), std::string("\xff\0\0\0\0\0\0\1x", 9)}) {
    const auto heard = hear(bytes, 4);
    REQUIRE_FALSE(heard.fed);
    CHECK(heard.fed.error().code == Code::kProtocol);
    CHECK(heard.out.empty());
    CHECK_FALSE(heard.ended.has_value());
  }
  const auto endless = hear(std::string("\1\0\0\0\xff\xff\xff\xff", 8) + "a bit", 3);
  CHECK(endless.fed.has_value());
  CHECK(endless.out == "a bit");
  CHECK_FALSE(endless.ended.has_value());
}

TEST_CASE("after a broken header nothing is handed on any more") {
  std::string heard;
  DockerFrames frames([&](DockerStream, std::string_view text) { heard += text; });
  CHECK_FALSE(frames.feed("no frame").has_value());
  CHECK_FALSE(frames.feed(frame(1, "x")).has_value());
  CHECK(heard.empty());
}

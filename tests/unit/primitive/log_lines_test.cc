#include "primitive/read/log_lines.h"

#include "base/json.h"
#include "catch.h"

using namespace runbook;
using primitive::holds_pattern;
using primitive::log_report;
using primitive::LogQuestion;

namespace {

std::string frame(int stream, const std::string& text) {
  std::string out(8, '\0');
  out[0] = static_cast<char>(stream);
  for (std::size_t i = 0; i < 4; ++i) out[7 - i] = static_cast<char>(text.size() >> (8 * i));
  return out + text;
}

std::string at(int second, const std::string& text) {
  return "2026-11-21T12:40:0" + std::to_string(second) + ".500000000Z " + text + "\n";
}

LogQuestion asking(std::size_t show) { return {.show = show, .to_ms = 1'795'264'810'500, .asked = 100}; }

}  // namespace

TEST_CASE("lines of both streams come in the order of their end, without their times in the text") {
  const auto log = frame(1, at(1, "first")) + frame(2, at(2, "second")) + frame(1, at(3, "third"));
  const auto report = log_report(log, false, asking(2)).value();
  CHECK(to_json(report["lines"]) == R"([{"at":"2026-11-21T12:40:02.500000000Z","stream":"stderr","text":"second"},)"
                                    R"({"at":"2026-11-21T12:40:03.500000000Z","stream":"stdout","text":"third"}])");
  CHECK(report["count"] == Value(3));
  CHECK(report["stdout"] == Value(2));
  CHECK(report["stderr"] == Value(1));
  CHECK(report["complete"] == Value(true));
  CHECK(report["from"] == Value("2026-11-21T12:40:01.500000000Z"));
}

TEST_CASE("a line that comes in several frames is one line") {
  const auto log = frame(1, "2026-11-21T12:40:01Z be") + frame(2, at(2, "between")) + frame(1, "gun\n");
  const auto report = log_report(log, false, asking(5)).value();
  CHECK(report["lines"].items().at(1)["text"] == Value("begun"));
}

TEST_CASE("the log of a container with a terminal has no frames") {
  const auto report = log_report(at(1, "hello\r") + at(2, "\x1b[31mred") + "no time here", true, asking(5)).value();
  CHECK(report["count"] == Value(3));
  CHECK(report["lines"].items().at(0)["text"] == Value("hello"));
  CHECK(report["lines"].items().at(2)["text"] == Value("no time here"));
}

TEST_CASE("patterns are counted over all lines, with their rate over the window") {
  auto question = asking(1);
  question.patterns = {"error", "panic*nil", "never"};
  question.from_ms = question.to_ms - 30'000;
  const auto log = frame(2, at(1, "ERROR one")) + frame(2, at(2, "an Error: two")) +
                   frame(2, at(3, "panic: it was nil")) + frame(1, at(4, "fine"));
  const auto report = log_report(log, false, question).value();
  CHECK(report["lines"].items().size() == 1);
  CHECK(report["matches"]["error"]["count"] == Value(2));
  CHECK(report["matches"]["error"]["per_minute"] == Value(4));
  CHECK(report["matches"]["error"]["example"] == Value("an Error: two"));
  CHECK(report["matches"]["error"]["first"] == Value("2026-11-21T12:40:01.500000000Z"));
  CHECK(report["matches"]["panic*nil"]["count"] == Value(1));
  CHECK(to_json(report["matches"]["never"]) == R"({"count":0,"per_minute":0})");
  CHECK(report["per_minute"] == Value(8));
}

TEST_CASE("as many lines as were asked for may not be all") {
  auto question = asking(5);
  question.asked = 2;
  question.from_ms = question.to_ms - 3'600'000;
  const auto report = log_report(frame(1, at(9, "a")) + frame(1, at(9, "b")), false, question).value();
  CHECK(report["complete"] == Value(false));
  CHECK(report["per_minute"] == Value(120));  // of the second that was seen, not of the hour that was asked for
}

TEST_CASE("what is shown of a log is bounded, what is counted is not") {
  std::string log;
  for (int i = 0; i < 2000; ++i) log += frame(1, at(1, std::string(3000, 'x')));
  auto question = asking(5000);
  question.asked = 5000;
  const auto report = log_report(log, false, question).value();
  CHECK(report["count"] == Value(2000));
  CHECK(report["lines"].items().size() < 400);
  CHECK(report["lines"].items().front()["text"].text_or("").size() < 2100);
}

TEST_CASE("an empty log is empty, and a broken one is an error") {
  CHECK(
      to_json(log_report("", false, asking(5)).value()) ==
      R"({"complete":true,"count":0,"from":null,"lines":[],"matches":{},"per_minute":0,"stderr":0,"stdout":0,"to":null})");
  CHECK(log_report("no frames", false, asking(5)).error().code == Code::kProtocol);
  CHECK(log_report(std::string("\1\0\0\0\xff\xff\xff\xff", 8) + "x", false, asking(5)).error().code == Code::kProtocol);
}

TEST_CASE("a pattern is found without regard to case, and its parts in their order") {
  CHECK(holds_pattern("GET /health 200", "health*200"));
  CHECK_FALSE(holds_pattern("200 /health", "health*200"));
  CHECK(holds_pattern("anything", ""));
  CHECK(holds_pattern("Connection REFUSED", "connection refused"));
  CHECK_FALSE(holds_pattern("aa", "aa*a"));
}

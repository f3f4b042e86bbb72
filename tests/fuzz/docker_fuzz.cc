// Docker's frames and the guard of its requests on damaged bytes. The frames must give the same content whatever the
// pieces; what the guard lets out without a permit must be a GET or a ping, in plain letters and without a way upwards.
#include "driver.h"
#include "guard/docker.h"
#include "net/docker_frames.h"

namespace {

using namespace runbook;

std::string parse(std::string_view bytes, std::size_t piece) {
  std::string out[3];
  net::DockerFrames frames(
      [&](net::DockerStream stream, std::string_view text) { out[static_cast<std::size_t>(stream)] += text; });
  bool good = true;
  for (std::size_t at = 0; at < bytes.size() && good; at += piece)
    good = frames.feed(bytes.substr(at, piece)).has_value();
  return out[0] + '|' + out[1] + '|' + out[2] + (good ? "" : " broken") + (frames.end() ? "" : " cut");
}

void check_guard(std::string_view bytes) {
  const auto blank = bytes.find(' ');
  if (blank == std::string_view::npos) return;
  const auto method = bytes.substr(0, blank);
  const auto target = bytes.substr(blank + 1);
  const guard::Request request{.method = method, .origin = "unix:///docker.sock", .path = target, .body = ""};
  if (!guard::DockerGuard().look(request, nullptr)) return;
  if (method != "GET" && method != "HEAD") std::abort();
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_.-~:@?=&%,+";
  if (target.find_first_not_of(kPlain) != std::string_view::npos) std::abort();
  for (const auto* way : {"//", "/./", "/../", "follow=", "attach", "export", "archive", "/start", "stream=true"}) {
    if (target.find(way) != std::string_view::npos && target.find("/images/") == std::string_view::npos) std::abort();
  }
}

void run(std::string_view bytes) {
  const auto whole = parse(bytes, bytes.size() + 1);
  if (parse(bytes, 1) != whole || parse(bytes, 7) != whole) std::abort();
  check_guard(bytes);
}

const std::vector<std::string> kCorpus = {
    std::string("\1\0\0\0\0\0\0\3abc\2\0\0\0\0\0\0\1x", 20),
    std::string("\1\0\0\0\xff\xff\xff\xff", 8) + "abc",
    "GET /v1.41/containers/web-1/logs?stdout=1&stderr=1&tail=500&since=1700000000",
    "GET /v1.41/containers/web/stats?stream=false&one-shot=true",
    "GET /v1.41/events?since=1&until=2&filters=%7B%22type%22%3A%5B%22container%22%5D%7D",
    "GET /v1.41/images/library/redis:7@sha256:abcd/history",
    "HEAD /_ping",
    "POST /v1.41/containers/web/../../restart?follow=1",
};

}  // namespace

int main(int argc, char** argv) { return runbook::fuzz::fuzz_main(argc, argv, kCorpus, run); }

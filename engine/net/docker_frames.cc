#include "net/docker_frames.h"

#include <algorithm>

namespace runbook::net {

namespace {

Error no_frame() {
  return {.code = Code::kProtocol,
          .message = "this is no stream of docker's frames",
          .next = "a container with a terminal (tty: true) sends plain text"};
}

}  // namespace

Result<> DockerFrames::feed(std::string_view bytes) {
  while (!bytes.empty() && !broken_) {
    if (missing_ > 0) {
      const auto piece = bytes.substr(0, missing_);
      missing_ -= static_cast<std::uint32_t>(piece.size());
      sink_(static_cast<DockerStream>(header_[0]), piece);
      bytes.remove_prefix(piece.size());
      continue;
    }
    const auto piece = bytes.substr(0, kHeader - have_);
    std::copy(piece.begin(), piece.end(), header_ + have_);
    have_ += piece.size();
    bytes.remove_prefix(piece.size());
    if (have_ < kHeader) break;
    have_ = 0;
    broken_ = static_cast<unsigned char>(header_[0]) > 2 || header_[1] != 0 || header_[2] != 0 || header_[3] != 0;
    for (std::size_t at = 4; at < kHeader; ++at) missing_ = missing_ << 8U | static_cast<unsigned char>(header_[at]);
  }
  if (broken_) return no_frame();
  return {};
}

Result<> DockerFrames::end() const {
  if (broken_) return no_frame();
  if (have_ == 0 && missing_ == 0) return {};
  return Error{.code = Code::kProtocol, .message = "the stream ended in the middle of a frame"};
}

}  // namespace runbook::net

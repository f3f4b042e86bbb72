// The frames in which a Docker Engine sends logs and the output of exec, when the container has no terminal
// (https://docs.docker.com/engine/api/v1.41/#tag/Container/operation/ContainerAttach, "Stream format"). Pure, no I/O.
//
//   byte 0     the stream: 0 stdin, 1 stdout, 2 stderr
//   bytes 1–3  zero
//   bytes 4–7  the size of what follows, big-endian
//
// A frame may be 4 GiB long by its header: its bytes are handed on as they come, and nothing is kept for a size that is
// only declared.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/error.h"

namespace runbook::net {

enum class DockerStream : std::uint8_t { kStdin = 0, kStdout = 1, kStderr = 2 };

/// Takes bytes as they come and hands the content of the frames on.
class DockerFrames {
 public:
  /// Told of each piece of content; one frame may come in many.
  using Sink = std::function<void(DockerStream stream, std::string_view piece)>;

  explicit DockerFrames(Sink sink) : sink_(std::move(sink)) {}

  /// kProtocol for a header that is none: the container has a terminal, or this is no such stream. From then on every
  /// call gives the same error, and nothing more is handed on.
  Result<> feed(std::string_view bytes);

  /// At the end of the bytes: kProtocol when they end within a frame.
  [[nodiscard]] Result<> end() const;

 private:
  static constexpr std::size_t kHeader = 8;

  Sink sink_;
  char header_[kHeader]{};
  std::size_t have_ = 0;       // bytes of the header
  std::uint32_t missing_ = 0;  // bytes of the content
  bool broken_ = false;
};

}  // namespace runbook::net

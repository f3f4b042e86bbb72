#include "worker/pipe.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "channel/line_page.h"

namespace runbook::worker {

channel::Message Pipe::receive() {
  std::array<char, std::size_t{64} * 1024> bytes;
  for (;;) {
    auto next = decoder_.next();
    if (!next) _exit(1);
    if (*next) return std::move(**next);
    const auto count = read(channel::kSocketFd, bytes.data(), bytes.size());
    if (count == 0 || (count < 0 && errno != EINTR)) _exit(0);
    if (count > 0) decoder_.feed({bytes.data(), static_cast<std::size_t>(count)});
  }
}

Result<> Pipe::send(channel::Message message) {
  RUNBOOK_TRY(frame, channel::encode(std::move(message), channel::kFromWorker));
  std::string_view rest(frame);
  while (!rest.empty()) {
    const auto count = write(channel::kSocketFd, rest.data(), rest.size());
    if (count < 0 && errno != EINTR) _exit(0);
    if (count > 0) rest.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace runbook::worker

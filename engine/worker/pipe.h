// The worker's end of the channel: whole messages, one at a time, blocking.
//
// The worker has one thread and nothing else to do while it waits. An engine that is gone ends it silently: there is
// nobody left to tell.
#pragma once

#include "base/error.h"
#include "channel/codec.h"

namespace runbook::worker {

class Pipe {
 public:
  /// Waits for the next message. Ends the process when the engine is gone or does not speak the protocol.
  channel::Message receive();

  /// Sends a message. kLimit when it is too large to be sent; nothing was sent then.
  Result<> send(channel::Message message);

 private:
  channel::Decoder decoder_{channel::kToWorker};
};

}  // namespace runbook::worker

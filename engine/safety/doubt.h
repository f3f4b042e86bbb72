// INTENTs whose outcome is unknown: written by a run that died, or whose call nobody could resolve.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "safety/change.h"
#include "safety/journal.h"

namespace runbook::safety {

struct OpenIntent {
  std::uint64_t n = 0;  // its audit sequence number
  std::string run;
  Change change;    // with its handle, when it was made ready
  std::string url;  // where its target was when it was written
};

/// All INTENTs of the log without an OUTCOME, and those whose last OUTCOME says in_doubt; oldest first. kRefused when
/// one of them cannot be read: whose target it closes, nobody knows.
Result<std::vector<OpenIntent>> open_intents(Journal& journal);

/// Of a change that was made ready: puts the handle by which it is asked about on disk (PREPARED), after which it may
/// begin. Whose handle is not there never began.
Result<void> record_handle(Journal& journal, std::string_view run, std::uint64_t intent, const Change& change,
                           const Value& handle);

}  // namespace runbook::safety

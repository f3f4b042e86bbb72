// What a file of the audit log carries on from the one before it: the INTENTs whose outcome nobody knows yet.
//
// The first record of each file but 001.log is LOG_GOES_ON, with
//
//   data = {"format": 1, "open": [{"hash", "log", "n", "size"}, …]}
//
// where each item says, as HEAD does, which record it means, and where its line ends. So what is in doubt can be told
// from the last file alone, however long the log is, and no less surely than from all of it: the record is part of the
// chain, and a verifier that reads the whole log works the list out again.
//
// The INTENTs are named and not repeated, for one may be as long as a record can be. A list that does not fit into a
// record (some eight hundred of them) keeps the log in its file.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "safety/chain.h"
#include "safety/record.h"

namespace runbook::safety {

/// Where a record stands.
struct Place {
  std::string log;
  Position at;  // behind it

  bool operator==(const Place&) const = default;
};

/// Follows records and knows which INTENTs are open: without an OUTCOME, or with none but such as say in_doubt.
class OpenIntents {
 public:
  /// The records in order, `behind` being the place behind each. A LOG_GOES_ON that comes first tells what is open; one
  /// that comes later must tell what is. kAudit when it does not, or when it is none.
  Result<void> take(const std::string& log, const Record& record, const Position& behind);

  /// Oldest first.
  [[nodiscard]] std::vector<Place> places() const;
  /// The data of the LOG_GOES_ON that carries them on.
  [[nodiscard]] Value carried() const;

 private:
  std::map<std::uint64_t, Place> open_;
  bool begun_ = false;
};

}  // namespace runbook::safety

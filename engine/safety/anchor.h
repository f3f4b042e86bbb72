// Where the end of the audit log is noted outside of the state directory. Who can write the log, and even its key, can
// cut or rewrite it; not so unseen while somebody else holds a note of how it went.
//
//   file:/mnt/backup/runbook.notes    a line is appended and synced
//   syslog:                           a message to /dev/log, facility authpriv; syslog:/path for another socket
//   git:/srv/notes                    a commit in this repository, of a line in runbook.notes
//
// A note is one line of JSON: {"hash","log","n","run","time"}: record n of the log, which has this hash. `log` is
// the fingerprint of the key that signs it, so that notes of several logs can lie in one place.
//
// A place that does not answer must not hold up looking: each note is written by a thread of its own, and after two
// seconds it counts as not written. Such a thread is left alone; it holds nothing of the run.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace runbook::safety {

struct Note {
  std::string log;  // fingerprint of its key
  std::uint64_t n = 0;
  std::string hash;
  std::string run;
  std::string time;  // UTC

  /// Canonical JSON, without the line end.
  [[nodiscard]] std::string line() const;
};

class Anchors {
 public:
  Anchors() = default;
  /// Reads places as written above. kConfig for what is none.
  static Result<Anchors> from(const std::vector<std::string>& places);

  [[nodiscard]] bool empty() const { return places_.empty(); }
  [[nodiscard]] const std::vector<std::string>& places() const { return places_; }
  /// Writes the note to every place. Gives what went wrong, an error for each place that has it not; `where` names it.
  [[nodiscard]] std::vector<Error> keep(const Note& note) const;

 private:
  std::vector<std::string> places_;
};

/// The notes in a text: lines that hold one from their first brace on, as a log of syslog's has them; others are passed
/// over.
std::vector<Note> notes_in(std::string_view text);

}  // namespace runbook::safety

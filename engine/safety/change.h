// A change: the one value that is shown, approved, executed, audited and undone.
//
// It is data. The playbook names the row, the target, the arguments and the wanted state; the engine adds what it read
// (`from`), the exact commands (`calls`), the level and the way back. Nothing in it is computed again later, so what
// the operator saw is what is sent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/value.h"
#include "safety/call.h"
#include "safety/check.h"

namespace runbook::safety {

/// One command as it will be sent. Each word is text, or {"$blob": sha256} for bytes kept in the evidence store, or
/// {"$filled": description} for bytes that only the engine may hold, such as a container's environment: its applier
/// makes them right before they are sent, and plan, log and digest know the description alone.
using Words = std::vector<Value>;

/// The inverse of a change, itself a change without a state read yet, and the commands it would send.
struct Inverse {
  std::string row;
  Value args;
  Value to;
  std::vector<Words> calls{};
};

struct Change {
  std::string row;     // "redis.config"
  std::string target;  // the target's name
  Value args{};        // named arguments
  Value to{};          // the wanted state; null: absent
  Value from{};        // the state before, read by the engine; null: absent
  std::vector<Words> calls{};
  std::vector<Words> if_it_fails{};  // what may be sent to put things back when one of the calls fails
  std::vector<Call> keeps{};         // what it destroys and is read and stored right before it
  std::optional<Inverse> undo{};
  std::vector<Check> guard{};     // must hold right before it is sent
  std::size_t activates = 0;      // the item (1, 2 …) of the same plan that this makes count; 0: it stands for itself
  bool may_vanish = false;        // what is gone when its turn comes is left out, and no reason to stop
  std::uint64_t undoes = 0;       // the INTENT whose change this takes back; 0: none
  std::string irreversible{};     // why there is no way back; empty when there is one
  std::string nothing_to_undo{};  // why none is needed; empty for what leaves something behind

  // By what its state can be asked about, in arguments of that read; null until it was made ready (applier.h). Not a
  // part of what was approved: the log has it in a record of its own, PREPARED.
  Value handle{};

  // What is shown beside it and does not enter the digest.
  std::string text{};                      // "set maxmemory of cache-1 from 16 MiB to 20 MiB"
  std::string comment{};                   // the author's words
  std::string where{};                     // file:line of the playbook
  std::string comparing{};                 // "atomic: …" or "leaves a window: …"
  std::vector<std::string> differences{};  // of a text that is replaced: its lines that go and come (base/line_diff.h)
  std::vector<std::string> destroys{};     // what will be lost, one sentence each
  int level = 1;

  /// Everything, as audit records and `-o json` have it.
  [[nodiscard]] Value to_value() const;
  /// Only what the digest covers.
  [[nodiscard]] Value digest_material() const;
  /// The inverse of to_value.
  static Result<Change> from_value(const Value& value);
};

/// "CONFIG SET maxmemory 20971520": a command on one line, quoted and escaped where needed.
std::string command_text(const Words& words);

}  // namespace runbook::safety

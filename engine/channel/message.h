// What the engine and its worker say to each other: a closed set of messages over one socketpair.
//
//   worker → engine                                     engine → worker
//   kRequire {name}                                     kModule {file, source} or {error}
//   kCall    {row, target, args}; id is the call's      kReply  {value} or {error: {code, message, where}}
//   kPrint   {text}
//   kDone    what the load or phase gave                kLoad   {file, source, library, rows, changes, …}
//   kFailed  {message, where}                           kPhase  {phase, …}
//
// The worker speaks only while it owes an answer: from kLoad or kPhase until the kDone or kFailed with the same id.
// There is one kLoad, first of all, and the standard library is in it. kRequire comes while loading only and names a
// module of the playbook's own folder. A call is numbered by the worker, from 1 upwards; replies come in any order.
//
// A target is {"$target": name, "kind": kind} in both directions: a name that the engine gave out, never an address.
// Functions do not cross. A frame is a length (4 bytes, little-endian) and one CBOR array [type, id, body] (cbor.h).
#pragma once

#include <cstdint>

#include "base/value.h"

namespace runbook::channel {

enum class Type : std::uint8_t { kLoad, kModule, kPhase, kReply, kRequire, kCall, kPrint, kDone, kFailed };
inline constexpr std::uint8_t kTypes = 9;

struct Message {
  Type type = Type::kPrint;
  std::uint32_t id = 0;  // of the load, phase or call that it belongs to; 0 where there is none
  Value body;

  bool operator==(const Message&) const = default;
};

}  // namespace runbook::channel

#include "safety/mark.h"

namespace runbook::safety {

bool stands(const ChangeRow& row, const Change& change, const Value& state) {
  return row.took_place != nullptr ? row.took_place(change, state) : state == change.to;
}

bool tells(const ChangeRow& row) { return !row.action || row.took_place != nullptr; }

Told told_by(const ChangeRow& row, const Change& change, const Value& state) {
  // The state of a probe is that without its key: it is over, and how it went is lost.
  if (row.probe) return state == change.to || state == change.from ? Told::kDidNot : Told::kNothing;
  if (!tells(row)) return Told::kNothing;
  if (row.by_handle && change.handle.is_null()) return Told::kDidNot;
  if (stands(row, change, state)) return Told::kTookPlace;
  if (row.partly != nullptr && row.partly(change, state)) return Told::kPartly;
  // A mark that is not there yet may come: a server goes on with a restart when its client is gone.
  const bool tells = row.took_place == nullptr || row.tells_both_ways;
  return tells && state == change.from ? Told::kDidNot : Told::kNothing;
}

}  // namespace runbook::safety

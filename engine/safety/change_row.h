// The specification of a change: everything about it that needs no connection.
//
// What a change *is* (this row: pure functions, linked everywhere) and what *does* it (safety/applier.h: linked into
// the live program only) are kept apart. So a dry run shows the exact sentence, commands, level and way back, and
// contains no code that could carry them out.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/value.h"
#include "safety/change.h"
#include "safety/row.h"

namespace runbook::safety {

/// The read that tells in which state the thing to be changed is.
struct StateCall {
  std::string row;
  Value args;
};

/// What that read said: the state as it stands in `from`, bytes that the way back needs and evidence must keep, and the
/// text that `to` replaces, where people may see it.
struct Seen {
  Value state;  // null: absent
  std::optional<std::string> blob;
  std::optional<std::string> text{};
};

struct ChangeRow {
  std::string_view name;  // "redis.config"; Lua sees change.redis_config(target, …)
  std::string_view kind;  // the kind of target it accepts
  std::span<const ArgSpec> args;
  std::string_view doc;
  std::string_view to_doc;        // what `to` holds; empty when the row takes none
  std::string_view to_example{};  // as in an argument's, or a table as JSON
  bool takes_secret = false;      // `to` has a place where the value of a declared secret may go: { secret = "NAME" }
  bool offered = true;            // false: only ever the way back of another row
  bool action = false;  // does something rather than set something: its state before and after may be the same
  bool probe = false;   // a test that writes: takes back what it wrote itself, needs the target's probe_prefix
  bool proven = false;  // the server's reply proves that it took effect, whatever is read back afterwards; of a row
                        // with a mark only where there is no `to`, which the mark is looked for by

  bool by_file = false;  // replaces the file at its argument `path` as a whole

  /// Its mark: whether a state read later shows that it took place (mark.h); null: the state equals `to`.
  bool (*took_place)(const Change& change, const Value& state) = nullptr;
  /// Made ready first and asked about by a handle (applier.h), which is on record before it may begin: without one it
  /// never began. What it did is not to be seen in any other state.
  bool by_handle = false;
  /// Of a change of several calls: whether that state shows some of them made and not all. Its way back takes back
  /// that, too. Null: it is made at once.
  bool (*partly)(const Change& change, const Value& state) = nullptr;
  /// With a mark: a state that is still `from` proves that it will not take place any more.
  bool tells_both_ways = false;
  /// The reads, of the change's own target, whose answers it destroys: logs, of a restart. The engine keeps what they
  /// tell, for the plan and again right before the INTENT. Null: none.
  std::vector<StateCall> (*captures)(const Change& change) = nullptr;

  /// The read row that tells, from a command's words (`argv`), whether the server would let us send it; empty for none.
  std::string_view preflight{};

  /// Checks arguments and `to`, and brings `to` into the form in which the state is read. kUsage.
  Result<Value> (*normalise)(const Value& args, const Value& to) = nullptr;
  StateCall (*state_call)(const Value& args) = nullptr;
  Seen (*seen)(const Value& reading) = nullptr;
  /// Why the state that was found forbids it; empty: it does not. Null: none does.
  std::string (*unfit)(const Change& change) = nullptr;
  /// Fills calls, if_it_fails, undo or irreversible, text, comparing and destroys from row, target, args, from and to.
  /// Says whether data may be lost for good, which makes it level 3.
  bool (*describe)(Change& change) = nullptr;
  /// What a person would type for it (by_hand.h); null: each of its calls, given to the target's client.
  std::vector<std::string> (*by_hand)(const Change& change) = nullptr;
};

/// Adds to the arguments, under names of their own, what the inventory declares of the target and what is sent depends
/// on: the prefix of a probe's keys, and that a host's commands run by sudo.
void add_declared(const ChangeRow& row, const Target& target, Value& args);

/// The read of the state that a change is about, at the change's own target.
inline Call state_read(const ChangeRow& row, const Change& change) {
  auto state = row.state_call(change.args);
  for (const auto& [name, value] : change.handle.members()) state.args[name] = value;
  return {.row = std::move(state.row), .target = change.target, .args = std::move(state.args)};
}

/// The level of a change (design section 4): 1, one more in production, one more when there is no way back; 3 when
/// data may be lost.
int level_of(const Change& change, const Target& target, bool loses_data);

}  // namespace runbook::safety

// One item of a plan: a change, a barrier that must hold before the next item, or something that a person does.
//
// Items are carried out in their order, one after the other (docs/decisions/005). A group over many targets is no item
// of its own: it is written out into the changes of each member and a barrier after each wave, so that what is shown,
// approved and recorded is the list of what happens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/value.h"
#include "safety/change.h"
#include "safety/goal.h"

namespace runbook::safety {

struct Barrier {
  Goal goal{};
  std::string text{};        // "wave 1 of 3, the canary: cache-1"; may be empty
  std::size_t at_least = 0;  // of so many members all checks must hold, whichever they are; 0: of all
};

/// Challenge and response: the operator does it, and types what is seen then. The plan goes on when that is `expects`.
struct Manual {
  struct Inverse {
    std::string what{};
    std::string expects{};
    std::vector<std::string> commands{};
  };

  std::string what{};
  std::string expects{};
  std::vector<std::string> commands{};  // lines for a shell, where it is done with such
  std::optional<Inverse> undo{};        // what takes it back; nothing for looking only
  std::uint64_t undoes = 0;             // the MANUAL record that this takes back; 0: none

  [[nodiscard]] Value to_value() const;
  /// The inverse of to_value, also of a MANUAL record.
  static Manual from_value(const Value& value);
};

/// An item that belongs to one member of a group. When it fails, the member's other items are left out, and the plan
/// goes on unless more than `may_fail` members of the group failed: none of a canary.
struct Member {
  std::size_t group = 0;  // 1, 2 … within the plan
  std::string name{};
  std::size_t may_fail = 0;
};

struct Item {
  std::variant<Change, Barrier, Manual> what{};
  std::optional<Member> member{};

  [[nodiscard]] const Change* change() const { return std::get_if<Change>(&what); }
  /// Only what the digest covers; `kind` says which of them it is.
  [[nodiscard]] Value digest_material() const;
  /// Everything, as audit records and `-o json` have it.
  [[nodiscard]] Value to_value() const;
  /// The inverse of to_value. kAudit, kPlaybook for what is no item.
  static Result<Item> from_value(const Value& value);
};

}  // namespace runbook::safety

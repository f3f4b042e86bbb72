// The specification of primitives: one row for each thing that can be read, one for each thing that can be changed.
//
// A row feeds the Lua binding, the check of arguments, the editor types and the documentation. Read rows and change
// rows are different types in different tables and libraries: a dry executor is built from read rows and has no
// way to come by a change.
#pragma once

#include <algorithm>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/task.h"
#include "base/value.h"
#include "safety/target.h"

namespace runbook::primitive {
class Reach;  // the run's connections (primitive/reach.h)
}

namespace runbook::safety {

enum class ArgType {
  kText,
  kNumber,
  kBool,
  kArgv /* list of text */,
  kBytes /* size: number, or text such as 5gb */,
  kTable /* of data, by name or a list */,
  kTarget /* the name of a target of this run; a reader is given {name, kind, url, seen_as} */
};

struct ArgSpec {
  std::string_view name;
  ArgType type = ArgType::kText;
  bool required = false;
  std::string_view doc;
  std::string_view example{};  // as an author might write it, without quotes; a list: its words with blanks between; a
                               // table: as it is
  std::span<const std::string_view> one_of{};  // what a text may be; empty: anything
};

struct ReadRow {
  std::string_view name;          // "redis.info": subject, dot, reader; Lua sees see.redis(x):info(…)
  std::string_view kind;          // the kind of target it accepts; "*" for any that has an address
  std::span<const ArgSpec> args;  // in the order of Lua's positional arguments
  std::string_view doc;           // one sentence
  std::string_view returns;       // shape and units of the result
  Task<Result<Value>> (*read)(primitive::Reach& reach, const Target& target, const Value& args);
  std::string_view by_hand{};                           // what a person would type for it (by_hand.h)
  std::string (*brief)(const Value& answer) = nullptr;  // an answer in one line (brief.h); null: its first members
  bool verbatim = false;  // a way back needs the bytes as they are: they are refused rather than redacted
};

/// The row of that name among read rows or change rows; null when there is none.
template <class Rows>
auto row_named(const Rows& rows, std::string_view name) -> decltype(std::data(rows)) {
  const auto found = std::find_if(std::begin(rows), std::end(rows), [&](const auto& row) { return row.name == name; });
  return found == std::end(rows) ? nullptr : &*found;
}

}  // namespace runbook::safety

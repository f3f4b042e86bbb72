// A recorded world: what an incident looked like, as a file that people can read and edit.
//
//   about = "maxmemory is reached under noeviction"
//   now   = "2026-11-20T23:31:07.000Z"            # the clock when the run begins
//
//   [inputs]                                      # as -p gives them
//   redis = "cache-1"
//   [asks]
//   "raise-maxmemory.limit" = "5gb"
//   [targets.cache-1]                             # as in an inventory; no connection is made to it
//   kind = "redis"
//   url  = "redis://cache-1:6379"
//
//   [expect]
//   verdict    = "memory-full"                    # or healthy, unfit, unclear; several findings: a list
//   mitigation = "raise-maxmemory"                # what the run takes; without it, nothing is changed
//   level      = 2                                # of its plan; without it, none may be made
//   exit       = 0
//
//   [[reads]]                                     # the answers to one call, in file order; the last repeats
//   call = "redis.info"
//   on   = "cache-1"
//   args = { section = "memory" }
//   [reads.answer]                                # or: answer_file = "memory-full/memory.json"
//   used = 16777216                               #     error = { code, message }, nothing = true
//
//   [[after]]                                     # what is read once this change is applied, until it is undone;
//   change = "redis.config"                       # it takes the place of what stands above
//   on     = "cache-1"
//   args   = { key = "maxmemory" }
//   [[after.reads]]
//   …
//
// Worlds of a playbook lie beside it in worlds/<playbook>/<world>.toml, long answers in files below
// worlds/<playbook>/<world>/, what a run shows in <world>.txt.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "run/inventory.h"
#include "safety/call.h"

namespace runbook::replay {

struct Answer {
  Value value{};
  std::optional<Error> error{};

  [[nodiscard]] Result<Value> result() const { return error ? Result<Value>(*error) : Result<Value>(value); }
};

struct RecordedRead {
  safety::Call call;
  std::vector<Answer> answers;  // in order; the last repeats
};

struct RecordedAfter {
  std::string change;  // its row
  std::string target;
  Value args = Value::Map{};
  std::vector<RecordedRead> reads{};
};

struct Expectation {
  std::vector<std::string> verdict{};  // the findings in their order, or "healthy", "unfit", "unclear"
  std::string mitigation{};            // empty: the run only looks
  int level = 0;                       // of its plan; 0: none is made, because it is refused
  int exit = 0;
};

struct RecordedWorld {
  std::string name;
  std::filesystem::path file;
  std::string about{};
  std::int64_t now_ms = 0;
  std::map<std::string, std::string> inputs{};
  std::map<std::string, std::string> asks{};
  run::Inventory inventory{};
  Expectation expect{};
  std::vector<RecordedRead> reads{};
  std::vector<RecordedAfter> after{};
};

/// The key under which the answers to a call stand: equal for equal calls.
std::string key_of(const safety::Call& call);

/// The error code of that name, as answers have it.
std::optional<Code> code_named(std::string_view name);

/// The worlds of a playbook that lies at `book`, sorted by name; none when there is no folder.
std::vector<std::filesystem::path> worlds_of(const std::filesystem::path& book);

/// The world that a document describes, with the answers in files beside it. As read_world.
Result<RecordedWorld> world_from(const run::Document& document);
/// Reads a world. kConfig with file and line for what does not fit, kNotFound when there is no such file.
Result<RecordedWorld> read_world(const std::filesystem::path& file);

/// Writes a world, and the files of its long answers beside it. kStorage when that fails.
Result<void> write_world(const RecordedWorld& world);

}  // namespace runbook::replay

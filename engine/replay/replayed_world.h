// A recorded world at work: it answers reads, and moves on when something is changed in it.
//
// An applied change puts what the world says is `after` it in place of what was there before; undoing it takes that
// away again. What the recording does not say of a setting, the change itself does: where the state of a thing is read
// as it is set, it reads back as what it was set to. An action that makes another change count and is
// done a second time, such as a reload, leads away from the state that it led to: what was read before is read again.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "replay/recorded_world.h"
#include "safety/change_row.h"

namespace runbook::replay {

class ReplayedWorld {
 public:
  /// The recording must outlive it.
  explicit ReplayedWorld(const RecordedWorld& recording);

  /// The next answer to this call; kNotFound, and a mark in `unknown`, when the recording has none.
  Result<Value> answer(const safety::Call& call);

  /// Makes the change, which was recorded as INTENT `intent`.
  void apply(const safety::ChangeRow& row, const safety::Change& change, std::uint64_t intent);

  /// The calls that were asked for, each once, in their order.
  [[nodiscard]] const std::vector<safety::Call>& asked() const { return asked_; }
  /// Those among them that the recording does not know.
  [[nodiscard]] const std::vector<safety::Call>& unknown() const { return unknown_; }

 private:
  // The answers to one call, and which of them was given last.
  struct Answers {
    std::vector<Answer> list;
    std::size_t next = 0;
  };
  // What one change brought about: answers by the key of their call.
  using Layer = std::map<std::string, Answers>;

  static void put(Layer& layer, const std::vector<RecordedRead>& reads);
  void take_back(std::uint64_t intent);
  // Whether it makes another change count, and was done before.
  bool is_done_again(const safety::ChangeRow& row, const safety::Change& change, std::uint64_t intent);
  // The newest ones; null when the recording has none.
  Answers* answers_to(const safety::Call& call);
  // Whether what was taken back already shows this change made.
  bool reads_as(const safety::ChangeRow& row, const safety::Change& change);

  const RecordedWorld& recording_;
  Layer ground_;
  std::vector<std::pair<std::uint64_t, Layer>> layers_;  // by INTENT; the newest last
  std::map<std::string, std::uint64_t> done_;            // actions by what they are, to their INTENT
  std::vector<safety::Call> asked_;
  std::vector<safety::Call> unknown_;
};

}  // namespace runbook::replay

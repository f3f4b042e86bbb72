#include "replay/replayed_world.h"

#include <algorithm>

namespace runbook::replay {

ReplayedWorld::ReplayedWorld(const RecordedWorld& recording) : recording_(recording) { put(ground_, recording.reads); }

void ReplayedWorld::put(Layer& layer, const std::vector<RecordedRead>& reads) {
  for (const auto& read : reads) layer.insert_or_assign(key_of(read.call), Answers{.list = read.answers});
}

Result<Value> ReplayedWorld::answer(const safety::Call& call) {
  const auto add_once = [&](std::vector<safety::Call>& calls) {
    if (std::find(calls.begin(), calls.end(), call) == calls.end()) calls.push_back(call);
  };
  add_once(asked_);
  auto* answers = answers_to(call);
  if (answers == nullptr) {
    add_once(unknown_);
    return Error{
        .code = Code::kNotFound, .message = "the recorded world has no answer to " + call.text(), .where = call.target};
  }
  const auto at = std::min(answers->next, answers->list.size() - 1);
  ++answers->next;
  return answers->list[at].result();
}

ReplayedWorld::Answers* ReplayedWorld::answers_to(const safety::Call& call) {
  const auto key = key_of(call);
  const auto layer = std::find_if(layers_.rbegin(), layers_.rend(),
                                  [&](const auto& one) { return one.second.find(key) != one.second.end(); });
  if (layer != layers_.rend()) return &layer->second.find(key)->second;
  const auto found = ground_.find(key);
  return found == ground_.end() ? nullptr : &found->second;
}

bool ReplayedWorld::reads_as(const safety::ChangeRow& row, const safety::Change& change) {
  const auto* answers = answers_to(safety::state_read(row, change));
  if (answers == nullptr) return false;
  const auto reading = answers->list[std::min(answers->next, answers->list.size() - 1)].result();
  return reading && row.seen(*reading).state == change.to;
}

void ReplayedWorld::take_back(std::uint64_t intent) {
  std::erase_if(layers_, [&](const auto& layer) { return layer.first == intent; });
}

bool ReplayedWorld::is_done_again(const safety::ChangeRow& row, const safety::Change& change, std::uint64_t intent) {
  if (!row.action || change.activates == 0) return false;
  const auto what = key_of({.row = change.row, .target = change.target, .args = change.args});
  const auto [before, is_first] = done_.try_emplace(what, intent);
  if (is_first) return false;
  take_back(before->second);
  done_.erase(before);
  return true;
}

void ReplayedWorld::apply(const safety::ChangeRow& row, const safety::Change& change, std::uint64_t intent) {
  if (change.undoes != 0) take_back(change.undoes);
  if (is_done_again(row, change, intent)) return;
  Layer layer;
  // What is wanted is what would be read then, unless the row knows its change by something else.
  const bool has_mark = row.took_place != nullptr && !row.took_place(change, change.to);
  const bool read_as_set = row.seen(change.to).state == change.to && !has_mark;
  if (read_as_set && !reads_as(row, change))
    layer.insert_or_assign(key_of(safety::state_read(row, change)), Answers{.list = {Answer{.value = change.to}}});
  for (const auto& after : recording_.after) {
    const bool same = after.change == change.row && after.target == change.target && after.args == change.args;
    if (same && change.undoes == 0) put(layer, after.reads);
  }
  layers_.emplace_back(intent, std::move(layer));
}

}  // namespace runbook::replay

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
  const auto key = key_of(call);
  Answers* answers = nullptr;
  for (auto& [intent, layer] : layers_) {
    if (const auto found = layer.find(key); found != layer.end()) answers = &found->second;
  }
  if (const auto found = ground_.find(key); answers == nullptr && found != ground_.end()) answers = &found->second;
  if (answers == nullptr) {
    add_once(unknown_);
    return Error{
        .code = Code::kNotFound, .message = "the recorded world has no answer to " + call.text(), .where = call.target};
  }
  const auto at = std::min(answers->next, answers->list.size() - 1);
  ++answers->next;
  return answers->list[at].result();
}

void ReplayedWorld::take_back(std::uint64_t intent) {
  std::erase_if(layers_, [&](const auto& layer) { return layer.first == intent; });
}

void ReplayedWorld::apply(const safety::ChangeRow& row, const safety::Change& change, std::uint64_t intent) {
  if (change.undoes != 0) take_back(change.undoes);
  Layer layer;
  const bool read_as_set = row.seen(change.to).state == change.to;
  if (read_as_set)
    layer.insert_or_assign(key_of(safety::state_read(row, change)), Answers{.list = {Answer{.value = change.to}}});
  for (const auto& after : recording_.after) {
    const bool same = after.change == change.row && after.target == change.target && after.args == change.args;
    if (same && change.undoes == 0) put(layer, after.reads);
  }
  layers_.emplace_back(intent, std::move(layer));
}

}  // namespace runbook::replay

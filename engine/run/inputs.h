// From `-p name=text` and the inventory to what the playbook gets: targets as handles, text as text.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/value.h"
#include "run/asker.h"
#include "run/inventory.h"
#include "run/playbook.h"
#include "safety/target.h"

namespace runbook::run {

struct ResolvedInputs {
  Value for_worker = Value::Map{};  // targets as {"$target": name, "kind": kind}; lists of them
  Value for_record = Value::Map{};  // targets by name; lists of names
  std::map<std::string, safety::Target, std::less<>> targets;  // all that the run was given handles to
  std::vector<std::string> notes;                              // "redis: cache-1, the only redis of the inventory"
};

/// Notes in each mitigation which of the inputs that it needs was left out.
void note_lacks(Playbook& book, const ResolvedInputs& inputs);

/// What is given for a target selects it (selection.h). An omitted input takes its default, else the sole candidate and
/// says so; with several the asker chooses. kUsage names the input and its candidates; an unknown name of an input gets
/// the nearest one; an empty selection is an error.
Task<Result<ResolvedInputs>> resolve_inputs(const Playbook& book, const std::map<std::string, std::string>& given,
                                            const Inventory& inventory, Asker& asker);

}  // namespace runbook::run

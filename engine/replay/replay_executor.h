// Reads answered by a recorded world, and changes made in it. Nothing here holds a connection or could make one.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "replay/replayed_world.h"
#include "safety/applier.h"
#include "safety/dry_executor.h"

namespace runbook::replay {

/// What goes otherwise than recorded on this road. An empty function: nothing.
struct Detour {
  std::function<std::optional<Error>(const safety::Call&)> read{};      // why this read fails
  std::function<std::optional<Error>(const safety::Change&)> change{};  // why this change is refused
};

/// What the executor of a rehearsal answers with; shared by its parts.
struct Scene {
  ReplayedWorld world;
  Detour detour;
};

/// An executor that reads from the scene and, as a dry run's, changes nothing. Calls are held against the same rows,
/// targets and arguments as in a run.
std::unique_ptr<safety::Executor> replayed_reads(std::shared_ptr<Scene> scene, safety::TargetLookup targets,
                                                 safety::ReadLookup reads);

/// An applier for each row, which changes the scene.
std::vector<safety::Applier> replayed_appliers(const std::shared_ptr<Scene>& scene,
                                               std::span<const safety::ChangeRow> rows);

}  // namespace runbook::replay

#include "run/world.h"

namespace runbook::run {

const safety::ReadRow* World::read_row(std::string_view name) const { return safety::row_named(reads, name); }
const safety::ChangeRow* World::change_row(std::string_view name) const { return safety::row_named(changes, name); }

}  // namespace runbook::run

#include "run/world.h"

#include <algorithm>

namespace runbook::run {

namespace {
template <class Row>
const Row* find(std::span<const Row> rows, std::string_view name) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}
}  // namespace

const safety::ReadRow* World::read_row(std::string_view name) const { return find(reads, name); }
const safety::ChangeRow* World::change_row(std::string_view name) const { return find(changes, name); }

}  // namespace runbook::run

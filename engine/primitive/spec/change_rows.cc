#include "primitive/spec/change_rows.h"

#include <algorithm>

namespace runbook::primitive {

const std::vector<safety::ChangeRow>& change_rows() {
  static const std::vector<safety::ChangeRow> kRows(redis_change_rows().begin(), redis_change_rows().end());
  return kRows;
}

const safety::ChangeRow* find_change_row(std::string_view name) {
  const auto& rows = change_rows();
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace runbook::primitive

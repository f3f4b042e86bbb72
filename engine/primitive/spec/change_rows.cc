#include "primitive/spec/change_rows.h"

namespace runbook::primitive {

const std::vector<safety::ChangeRow>& change_rows() {
  static const std::vector<safety::ChangeRow> kRows(redis_change_rows().begin(), redis_change_rows().end());
  return kRows;
}

const safety::ChangeRow* find_change_row(std::string_view name) { return safety::row_named(change_rows(), name); }

}  // namespace runbook::primitive

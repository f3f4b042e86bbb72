// Stands in for read_batch and explain_batch of guard/postgres_gate.cc in a test that shows what happens without them:
// what was to be read is sent as it is, between statements that stand for the gate's, so that the answer is where it
// was.
#include "guard/postgres.h"

namespace runbook::guard {
Result<Batch> read_batch(std::string_view sql, std::vector<std::string> params, const ReadLimits& /*limits*/) {
  Batch batch(kReadRows, Statement{.sql = "SELECT 1"});
  batch.push_back({.sql = std::string(sql), .params = std::move(params)});
  batch.push_back({.sql = "SELECT 1"});
  return batch;
}
Result<Batch> explain_batch(std::string_view sql, std::vector<std::string> params, const ReadLimits& limits) {
  return read_batch(sql, std::move(params), limits);
}
}  // namespace runbook::guard

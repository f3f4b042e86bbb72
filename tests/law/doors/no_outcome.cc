// Promise 4 without its door: what became of a change is told, and not recorded.
#include "safety/journal.h"

namespace runbook::safety {
Result<Record> Journal::append_durable(std::string_view run, std::string_view type, Value data) {
  if (type != "OUTCOME") return append(run, type, std::move(data));
  Record record{.type = std::string(type), .run = std::string(run), .data = std::move(data)};
  notify(record);
  return record;
}
}  // namespace runbook::safety

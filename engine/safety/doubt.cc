#include "safety/doubt.h"

#include "base/text.h"

namespace runbook::safety {

namespace {

Result<OpenIntent> intent_in(const Record& record) {
  auto change = Change::from_value(record.data);
  if (!change) {
    return Error{
        .code = Code::kRefused,
        .message = "record " + std::to_string(record.n) +
                   " of the audit log is an INTENT that cannot be read, and nothing says what became of it: " +
                   change.error().message,
        .next = "settle it with the version of runbook that wrote it: runbook resume " + escaped(record.run, 80)};
  }
  return OpenIntent{.n = record.n,
                    .run = record.run,
                    .change = std::move(*change),
                    .url = std::string(record.data["url"].text_or(""))};
}

}  // namespace

Result<std::vector<OpenIntent>> open_intents(Journal& journal) {
  RUNBOOK_TRY(records, journal.open_intents());
  std::vector<OpenIntent> out;
  for (const auto& record : records) {
    RUNBOOK_TRY(intent, intent_in(record));
    out.push_back(std::move(intent));
  }
  return out;
}

}  // namespace runbook::safety

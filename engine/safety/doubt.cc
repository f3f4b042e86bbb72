#include "safety/doubt.h"

#include "base/text.h"
#include "safety/whole.h"

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

// What the run wrote down of a change that was made ready.
Result<Value> handle_of(const Journal& journal, const OpenIntent& intent) {
  RUNBOOK_TRY(records, journal.records(intent.run));
  for (const auto& record : records) {
    if (record.type == "PREPARED" && whole(record.data["intent"]) == intent.n) return record.data["handle"];
  }
  return Value();
}

}  // namespace

Result<std::vector<OpenIntent>> open_intents(Journal& journal) {
  RUNBOOK_TRY(records, journal.open_intents());
  std::vector<OpenIntent> out;
  for (const auto& record : records) {
    RUNBOOK_TRY(intent, intent_in(record));
    RUNBOOK_TRY(handle, handle_of(journal, intent));
    intent.change.handle = std::move(handle);
    out.push_back(std::move(intent));
  }
  return out;
}

Result<void> record_handle(Journal& journal, std::string_view run, std::uint64_t intent, const Change& change,
                           const Value& handle) {
  Value prepared = Value::Map{{"intent", intent}, {"target", change.target}, {"row", change.row}, {"handle", handle}};
  RUNBOOK_CHECK(journal.append_durable(run, "PREPARED", std::move(prepared)));
  return {};
}

}  // namespace runbook::safety

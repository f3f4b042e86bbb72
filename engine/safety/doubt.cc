#include "safety/doubt.h"

#include <map>

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
  std::map<std::uint64_t, Result<OpenIntent>> open;
  const auto visit = [&](const Record& record) {
    if (record.type == "INTENT") {
      open.emplace(record.n, intent_in(record));
    } else if (record.type == "OUTCOME" && record.data["status"].text_or("") != "in_doubt") {
      open.erase(static_cast<std::uint64_t>(record.data["intent"].number_or(0)));
    }
  };
  RUNBOOK_CHECK(journal.for_each(visit));
  std::vector<OpenIntent> out;
  for (auto& [n, intent] : open) {
    if (!intent) return intent.error();
    out.push_back(std::move(*intent));
  }
  return out;
}

}  // namespace runbook::safety

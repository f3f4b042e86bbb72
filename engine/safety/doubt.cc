#include "safety/doubt.h"

#include <map>

namespace runbook::safety {

Result<std::vector<OpenIntent>> open_intents(Journal& journal) {
  std::map<std::uint64_t, OpenIntent> open;
  const auto visit = [&](const Record& record) {
    if (record.type == "INTENT") {
      if (auto change = Change::from_value(record.data)) {
        open.emplace(record.n, OpenIntent{.n = record.n,
                                          .run = record.run,
                                          .change = std::move(*change),
                                          .url = std::string(record.data["url"].text_or(""))});
      }
    } else if (record.type == "OUTCOME" && record.data["status"].text_or("") != "in_doubt") {
      open.erase(static_cast<std::uint64_t>(record.data["intent"].number_or(0)));
    }
  };
  RUNBOOK_CHECK(journal.for_each(visit));
  std::vector<OpenIntent> out;
  for (auto& [n, intent] : open) out.push_back(std::move(intent));
  return out;
}

}  // namespace runbook::safety

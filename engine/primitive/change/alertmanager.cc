// Carrying out changes of an Alertmanager.
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "primitive/change/appliers.h"
#include "primitive/change/ask_http.h"

namespace runbook::primitive {

namespace {

using guard::Permit;
using safety::Change;
using safety::Target;

// A silence begins when it is sent: its two times take the place of "now" and of how long it lasts.
Task<Result<std::string>> fill_times(const Target& target, const Change& change, const Value& word) {
  RUNBOOK_CO_TRY(body, parse_json(word["$filled"].text_or("")));
  const auto lasts = parse_duration(body["endsAt"].text_or(""));
  if (!lasts) co_return Error{Code::kInternal, change.row + " has no end", target.name};
  const auto now = SystemClock().now().wall_ms;
  body["startsAt"] = utc_text(now);
  body["endsAt"] = utc_text(now + lasts->count());
  co_return to_json(body);
}

}  // namespace

std::vector<safety::Applier> alertmanager_appliers(Reach& reach) {
  const auto apply = [&reach](const Target& target, const Change& /*change*/, const Permit& permit) {
    return send_document(reach, target, permit);
  };
  return {{.row = "alertmanager.silence", .apply = apply, .fill = fill_times},
          {.row = "alertmanager.expire", .apply = apply}};
}

}  // namespace runbook::primitive

// Carrying out changes over HTTP: the one request that the permit lists.
#include "primitive/change/appliers.h"
#include "primitive/change/ask_http.h"

namespace runbook::primitive {

namespace {

using guard::Permit;
using safety::Change;
using safety::Target;

Task<Result<void>> apply_request(Reach& reach, const Target& target, const Change& change, const Permit& permit) {
  std::vector<int> expects;
  for (const auto& status : change.args["expects"].items()) expects.push_back(static_cast<int>(status.number_or(0)));
  RUNBOOK_CO_CHECK(co_await send_once(reach, target, permit, expects));
  co_return Result<void>();
}

}  // namespace

std::vector<safety::Applier> http_appliers(Reach& reach) {
  std::vector<safety::Applier> out;
  for (const std::string_view row : {"http.post", "http.put", "http.patch", "http.delete"}) {
    out.push_back({.row = row, .apply = [&reach](const Target& target, const Change& change, const Permit& permit) {
                     return apply_request(reach, target, change, permit);
                   }});
  }
  return out;
}

}  // namespace runbook::primitive

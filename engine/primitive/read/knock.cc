#include "primitive/read/knock.h"

#include "base/text.h"
#include "primitive/read/redis_reply.h"
#include "safety/brief.h"

namespace runbook::primitive {

Result<net::Endpoint> knocked_at(const Value& target) {
  auto where = net::client_endpoint(target["url"].text_or(""), target["seen_as"].text_or(""));
  if (where) return where;
  auto error = where.error();
  error.where = target["name"].text_or("");
  return error;
}

std::vector<std::string> knock_words(const net::Endpoint& where) {
  return {"nc", "-z", "-w", std::to_string(kKnock.count()), where.host, std::to_string(where.port)};
}

bool knows_no_knock(int exit_code, std::string_view said) {
  const auto complaint = lower(said);
  return exit_code != 0 &&
         (complaint.find("option -- 'z'") != std::string::npos || complaint.find("option: z") != std::string::npos);
}

Value reached(bool yes, std::string_view how, const net::Endpoint& where, std::string_view why) {
  Value::Map out{{"reachable", yes}, {"how", how}, {"address", where.text()}};
  if (!yes) out["why"] = bounded(trim(why), 500);
  return out;
}

std::string of_reach(const Value& answer) {
  return safety::in_words(answer["address"]) +
         (answer["reachable"].bool_or(false) ? " is reached" : " is NOT reached: " + safety::in_words(answer["why"]));
}

}  // namespace runbook::primitive

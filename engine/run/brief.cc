#include "run/brief.h"

#include "base/json.h"
#include "base/text.h"

namespace runbook::run {

namespace {

std::string scalar(const Value& value) {
  if (const auto* text = value.as_text()) return *text;
  if (value.as_list() != nullptr) return std::to_string(value.items().size()) + " entries";
  if (value.as_map() != nullptr) return std::to_string(value.members().size()) + " members";
  return value.is_null() ? "nothing" : to_json(value);
}

// What somebody on call looks at first in the large tables.
std::string known(std::string_view row, const Value& value) {
  if (row == "redis.info" && value["used"].as_number() != nullptr) {
    const auto limit = value["maxmemory"].number_or(0);
    return bytes_text(value["used"].number_or(0)) + " of " + (limit > 0 ? bytes_text(limit) : "unlimited") + ", " +
           scalar(value["policy"]);
  }
  if (row == "redis.largest_keys") {
    const auto& keys = value["keys"].items();
    const auto sampled = scalar(value["sampled"]) + " keys sampled";
    if (keys.empty()) return sampled;
    return sampled + ", largest " + scalar(keys.front()["key"]) + " " + bytes_text(keys.front()["bytes"].number_or(0));
  }
  if (row == "net.tcp_probe") return scalar(value["address"]) + " accepts connections";
  return {};
}

}  // namespace

std::string brief(std::string_view row, const Value& value) {
  if (auto text = known(row, value); !text.empty()) return text;
  if (value.as_map() == nullptr) return scalar(value);
  std::string out;
  std::size_t shown = 0;
  for (const auto& [name, member] : value.members()) {
    if (++shown > 4) return out + " …";
    if (!out.empty()) out += ' ';
    out += name + "=" + scalar(member);
  }
  return out.empty() ? "none" : out;
}

}  // namespace runbook::run

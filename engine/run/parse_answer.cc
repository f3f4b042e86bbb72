#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "run/asker.h"

namespace runbook::run {

Result<Value> parse_answer(const Ask& ask, std::string_view text) {
  const auto given = trim(text);
  const auto wrong = [&](std::string wanted) {
    return Error{.code = Code::kUsage,
                 .message = ask.name + " wants " + wanted + ", got \"" + escaped(given, 60) + "\"",
                 .where = ask.mitigation};
  };
  if (ask.kind == "bytes") {
    if (const auto bytes = parse_bytes(given)) return Value(*bytes);
    return wrong("a size such as 5gb");
  }
  if (ask.kind == "number") {
    double number = 0;
    const auto parsed = std::from_chars(given.data(), given.data() + given.size(), number);
    if (parsed.ec == std::errc() && parsed.ptr == given.data() + given.size() && std::isfinite(number))
      return Value(number);
    return wrong("a number");
  }
  if (ask.kind == "choice" && std::find(ask.options.begin(), ask.options.end(), given) == ask.options.end()) {
    return wrong("one of " + join(ask.options, ", "));
  }
  if (ask.kind == "duration" && !parse_duration(given)) return wrong("a duration such as 10s");
  if (given.empty()) return wrong("a text");
  return Value(given);
}

}  // namespace runbook::run

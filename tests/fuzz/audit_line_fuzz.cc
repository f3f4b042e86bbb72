// The parser of an audit line: never crashes, and what it accepts is exactly what would be written again.
#include <utility>

#include "base/hash.h"
#include "base/json.h"
#include "driver.h"
#include "safety/anchor.h"
#include "safety/record.h"

namespace {

using runbook::Value;
using runbook::safety::Record;

std::string line(Value data) {
  Record record{.n = 7,
                .type = "INTENT",
                .run = "r-1",
                .moment = {.wall_ms = 1'790'000'000'123, .boot_ms = 5'000'000, .boot_id = "boot"},
                .data = std::move(data),
                .prev = std::string(runbook::safety::kNoHash),
                .seal = std::string(64, char{48})};
  return seal_record(record, [](std::string_view) { return std::string(64, 'x'); });
}

// With its hash put right, so that damage gets past that check.
std::string rehashed(std::string_view input) {
  auto value = runbook::parse_json(input);
  if (!value || value->as_map() == nullptr) return {};
  auto content = *value;
  content.as_map()->erase("hash");
  content.as_map()->erase("sig");
  content["data"] = runbook::sha256(to_json(std::as_const(content)["data"]));
  (*value)["hash"] = runbook::sha256(to_json(content));
  return to_json(*value);
}

void run(std::string_view input) {
  for (const auto& text : {std::string(input), rehashed(input)}) {
    const auto record = runbook::safety::parse_record(text);
    if (record && line_of(*record) != text) std::abort();
    for (const auto& note : runbook::safety::notes_in(text)) {
      const auto again = runbook::safety::notes_in("Nov 21 host runbook: " + note.line() + "\n");
      if (again.size() != 1 || again[0].line() != note.line()) std::abort();
    }
    if (const auto value = runbook::parse_json(text)) {
      const auto once = to_json(*value);
      const auto again = runbook::parse_json(once);
      if (!again || to_json(*again) != once) std::abort();
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> corpus = {
      line(Value::Map{}),
      line(Value::Map{{"bytes", std::string("\xff\x00\x80", 3)}, {"list", Value::List{1, -2.5, 1e300, true, Value()}}}),
      runbook::safety::Note{.log = "a1b2", .n = 7, .hash = "c3", .run = "r-1", .time = "2026-11-20T23:31:07Z"}.line(),
      line(Value::Map{{"fake", Value::Map{{"$base64", "/wCA"}}}, {"text", "ä\n\"\\\x01"}, {std::string("k\xff"), 1}}),
  };
  return runbook::fuzz::fuzz_main(argc, argv, corpus, run);
}

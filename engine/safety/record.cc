#include "safety/record.h"

#include <cmath>
#include <cstdio>
#include <ctime>

#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"

namespace runbook::safety {

namespace {

constexpr std::size_t kMaxDepth = 32;  // of the data
constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kMembers = 11;

Error bad(std::string what) { return {.code = Code::kAudit, .message = std::move(what)}; }

// A record's canonical JSON in parts, between which the line has two members more, and the stub has the hash of the
// data in its place. So the data, by far the longest, is written once for both.
struct Parts {
  std::string first;   // {"boot_id":…,"boot_ms":…,"data":
  std::string data;    // before hash
  std::string second;  // ,"n":…,"prev":…,"run":…,"seal":…    before sig
  std::string third;   // ,"time":…,"type":…}

  explicit Parts(const Record& record)
      : first("{\"boot_id\":" + to_json(record.moment.boot_id) + ",\"boot_ms\":" + to_json(record.moment.boot_ms) +
              ",\"data\":"),
        data(to_json(record.data)),
        second(",\"n\":" + to_json(record.n) + ",\"prev\":" + to_json(record.prev) + ",\"run\":" + to_json(record.run) +
               ",\"seal\":" + to_json(record.seal)),
        third(",\"time\":" + to_json(utc_text(record.moment.wall_ms)) + ",\"type\":" + to_json(record.type) + "}") {}

  [[nodiscard]] std::string stub() const { return first + '"' + sha256(data) + '"' + second + third; }
  [[nodiscard]] std::string hash() const { return sha256(stub()); }
  [[nodiscard]] std::string line(const std::string& hash, std::string_view sig) const {
    return first + data + ",\"hash\":" + to_json(hash) + second + ",\"sig\":" + to_json(to_base64(sig)) + third;
  }
};

bool within_depth(const Value& value, std::size_t left) {
  if (value.items().empty() && value.members().empty()) return true;
  if (left == 0) return false;
  for (const auto& item : value.items()) {
    if (!within_depth(item, left - 1)) return false;
  }
  for (const auto& [key, member] : value.members()) {
    if (!within_depth(member, left - 1)) return false;
  }
  return true;
}

// The inverse of utc_text. That the text has exactly its form follows from the line's being canonical.
std::optional<std::int64_t> parse_utc(std::string_view text) {
  std::tm utc{};
  int millis = 0;
  if (std::sscanf(std::string(text).c_str(), "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ", &utc.tm_year, &utc.tm_mon, &utc.tm_mday,
                  &utc.tm_hour, &utc.tm_min, &utc.tm_sec, &millis) != 7) {
    return {};
  }
  if (utc.tm_year < 1970) return {};
  utc.tm_year -= 1900;
  utc.tm_mon -= 1;
  return std::int64_t{timegm(&utc)} * 1000 + millis;
}

Result<Record> from_value(const Value& value) {
  for (const auto* name : {"boot_id", "hash", "prev", "run", "seal", "sig", "time", "type"}) {
    if (value[name].as_text() == nullptr) return bad("has no text \"" + std::string(name) + "\"");
  }
  const auto n = whole_number(value["n"]);
  const auto boot_ms = whole_number(value["boot_ms"]);
  const auto wall_ms = parse_utc(value["time"].text_or(""));
  auto sig = from_base64(value["sig"].text_or(""));
  if (!n || *n == 0) return bad("has no sequence number");
  if (!boot_ms || !wall_ms) return bad("has no proper time");
  if (!sig || sig->size() != kSignatureBytes) return bad("has no proper signature");
  if (value["data"].as_map() == nullptr) return bad("has no \"data\"");
  if (value.members().size() != kMembers) return bad("has members that do not belong there");
  return Record{.n = *n,
                .type = std::string(value["type"].text_or("")),
                .run = std::string(value["run"].text_or("")),
                .moment = {.wall_ms = *wall_ms,
                           .boot_ms = static_cast<std::int64_t>(*boot_ms),
                           .boot_id = std::string(value["boot_id"].text_or(""))},
                .data = value["data"],
                .prev = std::string(value["prev"].text_or("")),
                .seal = std::string(value["seal"].text_or("")),
                .hash = std::string(value["hash"].text_or("")),
                .sig = std::move(*sig)};
}

}  // namespace

std::optional<std::uint64_t> whole_number(const Value& value) {
  constexpr double kExact = 9007199254740992.0;  // 2^53
  const auto* number = value.as_number();
  if (number == nullptr || !(*number >= 0) || *number >= kExact || *number != std::trunc(*number)) return {};
  return static_cast<std::uint64_t>(*number);
}

std::string seal_record(Record& record, const std::function<std::string(std::string_view hash)>& sign) {
  const Parts parts(record);
  record.hash = parts.hash();
  record.sig = sign(record.hash);
  return parts.line(record.hash, record.sig);
}

std::string line_of(const Record& record) { return Parts(record).line(record.hash, record.sig); }

std::string stub_of(const Record& record) { return Parts(record).stub(); }

Result<void> check_recordable(const Record& record) {
  const auto refuse = [](std::string why) -> Result<void> {
    return Error{.code = Code::kInternal, .message = "cannot be an audit record: " + std::move(why)};
  };
  if (!is_utf8(record.type) || !is_utf8(record.run)) return refuse("its type or run is no text");
  if (record.data.as_map() == nullptr) return refuse("its data is no map");
  if (!is_finite(record.data)) return refuse("a number in it is not finite");
  if (!within_depth(record.data, kMaxDepth))
    return refuse("it is nested more than " + std::to_string(kMaxDepth) + " deep");
  return {};
}

Result<Record> parse_record(std::string_view line) {
  if (line.size() > kMaxRecordBytes) return bad("is longer than a record may be");
  auto value = parse_json(line, {.bytes = kMaxRecordBytes, .depth = kMaxDepth + 2});
  if (!value) return bad("is no record: " + value.error().message);
  RUNBOOK_TRY(record, from_value(*value));
  const Parts parts(record);
  if (parts.line(record.hash, record.sig) != line) return bad("is not in canonical form");
  if (parts.hash() != record.hash) return bad("does not match its hash");
  return std::move(record);
}

}  // namespace runbook::safety

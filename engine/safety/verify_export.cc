#include <set>

#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "safety/chain.h"
#include "safety/export.h"
#include "safety/named_evidence.h"

namespace runbook::safety {

namespace {

Error wrong(std::string message) { return {.code = Code::kAudit, .message = std::move(message)}; }

bool is_hash(const Value& value) {
  const auto text = value.text_or("");
  return text.size() == kNoHash.size() && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// One object in canonical form with exactly these members; JSON may be no deeper than this.
Result<Value> parse_line(std::string_view line, const std::set<std::string_view>& members) {
  const auto value = parse_json(line, {.bytes = kMaxExport, .depth = 2});
  bool right = value && value->as_map() != nullptr && to_json(*value) == line;
  right = right && value->members().size() == members.size();
  for (const auto member : members) right = right && value->members().contains(member);
  if (right) return *value;
  return wrong("is not in the form of an export of format 1");
}

class Reader {
 public:
  explicit Reader(std::string_view file) : file_(file), left_(file) {}

  Result<ExportSummary> verify() {
    auto done = read();
    if (!done && done.error().where.empty()) {
      return Error{.code = Code::kAudit, .message = done.error().message, .where = std::to_string(line_)};
    }
    return done;
  }

 private:
  Result<ExportSummary> read() {
    if (file_.size() > kMaxExport) return wrong("is larger than an export can be");
    RUNBOOK_TRY(first, next());
    RUNBOOK_CHECK(read_header(first));
    for (;;) {
      RUNBOOK_TRY(line, next());
      const bool last = left_.empty();
      if (last) {
        RUNBOOK_CHECK(check_records());
        RUNBOOK_CHECK(check_seal(line));
        return std::move(found_);
      }
      RUNBOOK_CHECK(line.starts_with("{\"base64\"") ? take_evidence(line) : take_record(line));
    }
  }

  Result<std::string_view> next() {
    ++line_;
    const auto stop = left_.find('\n');
    if (stop == std::string_view::npos) return wrong("the end of the file was cut off");
    const auto line = left_.substr(0, stop);
    left_.remove_prefix(stop + 1);
    return line;
  }

  Result<void> read_header(std::string_view line) {
    RUNBOOK_TRY(header, parse_line(line, {"evidence", "format", "key", "run"}));
    if (header["format"] != Value(1) || header["evidence"].as_bool() == nullptr || header["run"].as_text() == nullptr)
      return wrong("is not the beginning of an export of format 1");
    RUNBOOK_TRY(key, PublicKey::from_pem(header["key"].text_or("")));
    if (key.pem() != header["key"].text_or("")) return wrong("has a key that is not written as we write one");
    key_.emplace(key);
    with_evidence_ = header["evidence"].bool_or(false);
    found_.run = *header["run"].as_text();
    found_.key = key.fingerprint();
    return {};
  }

  Result<void> take_record(std::string_view line) {
    if (!evidence_.empty()) return wrong("stands behind evidence");
    const auto record = parse_record(line);
    const bool stub = line.find("\"hash\":") == std::string_view::npos;  // quotes in a text are escaped
    if (!record) return stub ? take_stub(line) : record.error();
    if (record->run != found_.run) return wrong("is a record of run " + escaped(record->run, 60));
    RUNBOOK_CHECK(check_signature(*record, *key_));
    if (found_.records == 0 && record->type != "RUN_START") return wrong("is not the beginning of the run");
    if (found_.records == 0) found_.first = record->n;
    if (found_.records > 0) RUNBOOK_CHECK(check_place(record->n, record->prev));
    ++found_.records;
    found_.others += stubs_;
    stubs_ = 0;
    if (record->type == "RUN_END") found_.status = record->data["status"].text_or("");
    if (record->type == "RESUME") found_.status.clear();
    found_.last_time = utc_text(record->moment.wall_ms);
    named_.merge(named_evidence(*record));
    return go_on(record->n, record->hash);
  }

  Result<void> take_stub(std::string_view line) {
    RUNBOOK_TRY(stub, parse_line(line, {"boot_id", "boot_ms", "data", "n", "prev", "run", "seal", "time", "type"}));
    const auto n = whole_number(stub["n"]);
    bool right = n && whole_number(stub["boot_ms"]) && is_hash(stub["data"]) && is_hash(stub["prev"]);
    for (const auto* name : {"boot_id", "run", "seal", "time", "type"})
      right = right && stub[name].as_text() != nullptr;
    if (!right) return wrong("is neither a record nor the stub of one");
    if (stub["run"].text_or("") == found_.run) return wrong("is a record of the run, and its data is not there");
    if (found_.records == 0) return wrong("is not the beginning of the run");
    RUNBOOK_CHECK(check_place(*n, stub["prev"].text_or("")));
    ++stubs_;
    return go_on(*n, sha256(line));
  }

  [[nodiscard]] Result<void> check_place(std::uint64_t n, std::string_view prev) const {
    if (n != found_.last + 1) return wrong("says that it is number " + std::to_string(n) + ": records were left out");
    if (prev != found_.last_hash) return wrong("does not follow from the record before it");
    return {};
  }

  Result<void> go_on(std::uint64_t n, std::string hash) {
    found_.last = n;
    found_.last_hash = std::move(hash);
    return {};
  }

  Result<void> take_evidence(std::string_view line) {
    RUNBOOK_TRY(item, parse_line(line, {"base64", "sha256"}));
    const auto bytes = from_base64(item["base64"].text_or("?"));
    const auto name = std::string(item["sha256"].text_or(""));
    if (!bytes || to_base64(*bytes) != item["base64"].text_or("") || sha256(*bytes) != name)
      return wrong("is evidence that does not match its hash");
    if (!named_.contains(name)) return wrong("is evidence that no record names");
    if (!evidence_.insert(name).second) return wrong("is evidence that was there already");
    ++found_.evidence;
    return {};
  }

  [[nodiscard]] Result<void> check_records() const {
    if (found_.records == 0) return wrong("there is no record of the run");
    if (stubs_ > 0) return wrong("the last record is not one of the run");
    if (evidence_ != (with_evidence_ ? named_ : std::set<std::string>()))
      return wrong("there is other evidence than the records name");
    return {};
  }

  [[nodiscard]] Result<void> check_seal(std::string_view line) const {
    RUNBOOK_TRY(seal, parse_line(line, {"sha256", "sig"}));
    const auto hash = sha256(file_.substr(0, file_.size() - line.size() - 1));
    if (seal["sha256"].text_or("") != hash) return wrong("the lines before do not match this hash");
    const auto signature = from_base64(seal["sig"].text_or(""));
    if (signature && to_base64(*signature) == seal["sig"].text_or("") &&
        key_->verifies(export_message(hash), *signature))
      return {};
    return wrong("is not signed by the key of the log");
  }

  std::string_view file_;
  std::string_view left_;
  std::uint64_t line_ = 0;
  std::optional<PublicKey> key_;
  bool with_evidence_ = false;
  ExportSummary found_;
  std::uint64_t stubs_ = 0;  // since the last record of the run
  std::set<std::string> named_;
  std::set<std::string> evidence_;
};

}  // namespace

Result<ExportSummary> verify_export(std::string_view file) { return Reader(file).verify(); }

}  // namespace runbook::safety

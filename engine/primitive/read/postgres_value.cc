#include "primitive/read/postgres_value.h"

#include <charconv>
#include <cmath>
#include <map>

#include "base/json.h"
#include "base/text.h"

namespace runbook::primitive {

namespace {

// OIDs that never change (src/include/catalog/pg_type.dat).
enum Type : unsigned {
  kBool = 16,
  kInt8 = 20,
  kInt2 = 21,
  kInt4 = 23,
  kText = 25,
  kOid = 26,
  kJson = 114,
  kFloat4 = 700,
  kFloat8 = 701,
  kNumeric = 1700,
  kJsonb = 3802
};

// Of an array, the type of its items; texts, and what is shown as one, are all alike.
const std::map<unsigned, unsigned> kItems = {
    {1000, kBool},    {1005, kInt2}, {1007, kInt4},  {1016, kInt8}, {1021, kFloat4}, {1022, kFloat8}, {1028, kOid},
    {1231, kNumeric}, {199, kJson},  {3807, kJsonb}, {1003, kText}, {1009, kText},   {1014, kText},   {1015, kText},
    {1115, kText},    {1182, kText}, {1185, kText},  {1187, kText}, {2951, kText},   {1041, kText},   {2210, kText}};

constexpr std::size_t kDigitsThatHold = 15;
constexpr int kDeepest = 6;  // MAXDIM

Error malformed(std::string_view what, std::string_view text) {
  return {.code = Code::kProtocol,
          .message = "PostgreSQL gave \"" + escaped(text, 60) + "\" for a " + std::string(what)};
}

// A number when it is finite and no digit is lost on the way through a double.
Value number_or_text(const std::string& text, std::size_t most_digits) {
  std::size_t digits = 0;
  for (const char c : text) digits += c >= '0' && c <= '9' ? 1U : 0U;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size() && std::isfinite(number);
  return whole && digits <= most_digits ? Value(number) : Value(text);
}

Result<Value> scalar(unsigned type, const std::string& text) {
  switch (type) {
    case kBool:
      if (text != "t" && text != "f") return malformed("boolean", text);
      return Value(text == "t");
    case kInt2:
    case kInt4:
    case kOid:
    case kInt8:
    case kNumeric:
      return number_or_text(text, kDigitsThatHold);
    case kFloat4:
    case kFloat8:
      return number_or_text(text, text.size());
    case kJson:
    case kJsonb:
      return parse_json(text);
    default:
      return Value(text);
  }
}

// {a,"b c",NULL,{…}}: array_out of PostgreSQL.
class ArrayText {
 public:
  ArrayText(std::string_view text, unsigned items) : text_(text), items_(items) {}

  Result<Value> parse() {
    const auto all = text_;
    if (text_.starts_with('[')) text_.remove_prefix(std::min(text_.find('=') + 1, text_.size()));  // [0:2]={…}
    auto value = list(0);
    if (value && text_.empty()) return value;
    return value ? Result<Value>(malformed("array", all)) : value;
  }

 private:
  Result<Value> list(int depth) {
    const auto all = text_;
    if (depth >= kDeepest || !text_.starts_with('{')) return malformed("array", all);
    text_.remove_prefix(1);
    Value::List out;
    if (text_.starts_with('}')) {
      text_.remove_prefix(1);
      return Value(std::move(out));
    }
    for (;;) {
      auto one = text_.starts_with('{') ? list(depth + 1) : item();
      if (!one) return one;
      out.push_back(std::move(*one));
      if (text_.empty()) return malformed("array", all);
      const char next = text_.front();
      text_.remove_prefix(1);
      if (next == '}') return Value(std::move(out));
      if (next != ',') return malformed("array", all);
    }
  }

  Result<Value> item() {
    const auto all = text_;
    const bool quoted = text_.starts_with('"');
    if (quoted) text_.remove_prefix(1);
    std::string out;
    while (!text_.empty()) {
      char c = text_.front();
      if (quoted ? c == '"' : c == ',' || c == '}') break;
      text_.remove_prefix(1);
      if (c == '\\') {
        if (text_.empty()) return malformed("array", all);
        c = text_.front();
        text_.remove_prefix(1);
      }
      out += c;
    }
    if (quoted) {
      if (text_.empty()) return malformed("array", all);
      text_.remove_prefix(1);
    } else if (out == "NULL") {
      return Value();
    }
    return scalar(items_, out);
  }

  std::string_view text_;
  unsigned items_;
};

}  // namespace

Result<Value> postgres_value(unsigned type, const std::optional<std::string>& cell) {
  if (!cell) return Value();
  const auto items = kItems.find(type);
  return items == kItems.end() ? scalar(type, *cell) : ArrayText(*cell, items->second).parse();
}

Result<Value> postgres_rows(const net::PostgresAnswer& answer) {
  Value::Map names;
  for (const auto& column : answer.columns) {
    if (!names.emplace(column.name, true).second) {
      return Error{.code = Code::kUsage,
                   .message = "two columns are called " + escaped(column.name, 60),
                   .next = "give one of them a name of its own with AS"};
    }
  }
  Value::List rows;
  for (const auto& cells : answer.rows) {
    Value row = Value::Map{};
    for (std::size_t i = 0; i < cells.size() && i < answer.columns.size(); ++i) {
      RUNBOOK_TRY(value, postgres_value(answer.columns[i].type, cells[i]));
      if (!value.is_null()) row[answer.columns[i].name] = std::move(value);
    }
    rows.push_back(std::move(row));
  }
  return Value(std::move(rows));
}

}  // namespace runbook::primitive

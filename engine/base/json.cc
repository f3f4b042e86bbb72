#include "base/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace runbook {

namespace {

constexpr std::string_view kBase64Key = "$base64";

void write_number(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  constexpr double kExact = 9007199254740992.0;  // 2^53
  char text[40];
  const bool whole = std::fabs(number) < kExact && number == std::trunc(number);
  const auto end = whole ? std::to_chars(text, text + sizeof text, static_cast<long long>(number))
                         : std::to_chars(text, text + sizeof text, number);
  out.append(text, end.ptr);
}

void write_quoted(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  const auto is_plain = [](char c) { return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20; };
  while (!text.empty()) {
    const auto plain = std::ranges::find_if_not(text, is_plain) - text.begin();
    out.append(text.substr(0, static_cast<std::size_t>(plain)));
    text.remove_prefix(static_cast<std::size_t>(plain));
    if (text.empty()) break;
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else {
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4U];
      out += kHex[static_cast<unsigned char>(c) & 15U];
    }
  }
  out += '"';
}

void write_text(std::string& out, std::string_view text) {
  if (is_utf8(text)) return write_quoted(out, text);
  out += "{\"" + std::string(kBase64Key) + "\":\"" + to_base64(text) + "\"}";
}

// Keys are bytes too. They are escaped before they are sorted, or what is written would read back in another order.
Value::Map with_text_keys(const Value::Map& map) {
  Value::Map out;
  for (const auto& [key, member] : map) out.insert_or_assign(is_utf8(key) ? key : escaped(key), member);
  return out;
}

// Canonical when `indent` is negative; otherwise each level starts a line.
void write(std::string& out, const Value& value, int indent) {
  const auto line = [&](int by) {
    if (indent < 0) return;
    out += '\n';
    out.append(static_cast<std::size_t>(indent + by) * 2, ' ');
  };
  const int inner = indent < 0 ? indent : indent + 1;
  if (value.is_null()) {
    out += "null";
  } else if (const auto* flag = value.as_bool()) {
    out += *flag ? "true" : "false";
  } else if (const auto* number = value.as_number()) {
    write_number(out, *number);
  } else if (const auto* text = value.as_text()) {
    write_text(out, *text);
  } else if (const auto* list = value.as_list()) {
    out += '[';
    for (const auto& item : *list) {
      if (&item != list->data()) out += ',';
      line(1);
      write(out, item, inner);
    }
    if (!list->empty()) line(0);
    out += ']';
  } else {
    const auto& map = value.members();
    const bool plain = std::ranges::all_of(map, [](const auto& entry) { return is_utf8(entry.first); });
    if (!plain) return write(out, with_text_keys(map), indent);
    out += '{';
    bool first = true;
    for (const auto& [key, member] : map) {
      if (!first) out += ',';
      first = false;
      line(1);
      write_quoted(out, key);
      out += indent < 0 ? ":" : ": ";
      write(out, member, inner);
    }
    if (!first) line(0);
    out += '}';
  }
}

// Builds a Value from parse events; refuses what is too deep or too large before it is built.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Builder(const JsonLimits& limits) : limits_(limits) {}

  bool null() override { return add({}); }
  bool boolean(bool v) override { return add(v); }
  bool number_integer(number_integer_t v) override { return add(v); }
  bool number_unsigned(number_unsigned_t v) override { return add(v); }
  bool number_float(number_float_t v, const string_t&) override { return add(v); }
  bool string(string_t& v) override { return add(std::move(v)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Value::Map{}); }
  bool start_array(std::size_t) override { return open(Value::List{}); }
  bool key(string_t& v) override {
    keys_.back() = std::move(v);
    return true;
  }
  bool end_object() override {
    const auto& text = std::as_const(open_.back())[kBase64Key];
    if (const auto* encoded = text.as_text(); encoded != nullptr && open_.back().members().size() == 1) {
      // Only what the writer would have written so: any other such map is somebody's data and stays one.
      auto bytes = from_base64(*encoded);
      if (bytes && !is_utf8(*bytes) && to_base64(*bytes) == *encoded) open_.back() = Value(std::move(*bytes));
    }
    return close();
  }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    error_ = {.code = Code::kProtocol, .message = "malformed JSON at byte " + std::to_string(position)};
    return false;
  }

  Result<Value> take(bool complete) {
    if (!complete) return error_;
    return std::move(root_);
  }

 private:
  bool count() {
    if (++nodes_ <= limits_.nodes) return true;
    error_ = {.code = Code::kLimit, .message = "JSON with too many values"};
    return false;
  }
  bool add(Value value) {
    if (!count()) return false;
    place(std::move(value));
    return true;
  }
  void place(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (auto* list = open_.back().as_list()) {
      list->push_back(std::move(value));
    } else {
      (*open_.back().as_map())[keys_.back()] = std::move(value);
    }
  }
  bool open(Value container) {
    if (open_.size() >= limits_.depth) {
      error_ = {.code = Code::kLimit, .message = "JSON nested too deeply"};
      return false;
    }
    open_.push_back(std::move(container));
    keys_.emplace_back();
    return count();
  }
  bool close() {
    auto done = std::move(open_.back());
    open_.pop_back();
    keys_.pop_back();
    place(std::move(done));
    return true;
  }

  JsonLimits limits_;
  std::size_t nodes_ = 0;
  std::vector<Value> open_;
  std::vector<std::string> keys_;
  Value root_;
  Error error_{.code = Code::kProtocol, .message = "malformed JSON"};
};

}  // namespace

std::string to_json(const Value& value) {
  std::string out;
  write(out, value, -1);
  return out;
}

std::string to_pretty_json(const Value& value) {
  std::string out;
  write(out, value, 0);
  return out;
}

bool is_finite(const Value& value) {
  if (const auto* number = value.as_number()) return std::isfinite(*number);
  for (const auto& item : value.items()) {
    if (!is_finite(item)) return false;
  }
  for (const auto& [key, member] : value.members()) {
    if (!is_finite(member)) return false;
  }
  return true;
}

Result<Value> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes) return Error{.code = Code::kLimit, .message = "JSON too large"};
  Builder builder(limits);
  const bool complete = nlohmann::json::sax_parse(text, &builder);
  return builder.take(complete);
}

}  // namespace runbook

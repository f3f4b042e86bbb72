#include "primitive/read/redis_reply.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace runbook::primitive {

namespace {

using net::Reply;

constexpr double kExact = 9007199254740992;  // 2^53

// Hexadecimal or dotted ids: now and then one of them looks like a number.
constexpr auto kIds = std::to_array<std::string_view>({"run_id", "redis_version", "redis_git_sha1", "redis_build_id",
                                                       "master_replid", "master_replid2", "gcc_version", "os"});
constexpr auto kTables = std::to_array<std::string_view>(
    {"db", "slave", "master", "cmdstat_", "errorstat_", "latency_percentiles_usec_", "module"});

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// db0, slave12, cmdstat_get: a prefix that ends in "_" takes any name, another one only a number.
bool is_table(std::string_view name, std::string_view value) {
  if (value.find('=') == std::string_view::npos) return false;
  return std::any_of(kTables.begin(), kTables.end(), [&](std::string_view prefix) {
    if (!name.starts_with(prefix)) return false;
    return prefix.ends_with('_') || name == "module" || is_digits(name.substr(prefix.size()));
  });
}

Value table_of(const std::vector<Reply>& items) {
  const bool texts = [&] {
    for (std::size_t i = 0; i < items.size(); i += 2) {
      if (items[i].kind != Reply::Kind::kBulk && items[i].kind != Reply::Kind::kStatus) return false;
    }
    return true;
  }();
  if (!texts) {
    Value::List pairs;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      pairs.emplace_back(Value::List{plain_value(items[i]), plain_value(items[i + 1])});
    }
    return pairs;
  }
  Value::Map map;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) map[items[i].text] = plain_value(items[i + 1]);
  return map;
}

}  // namespace

Value plain_value(const Reply& reply) {
  switch (reply.kind) {
    case Reply::Kind::kNil:
      return {};
    case Reply::Kind::kError:
      return Value::Map{{"error", reply.text}};
    case Reply::Kind::kInteger:
      if (std::abs(static_cast<double>(reply.integer)) >= kExact) return std::to_string(reply.integer);
      return reply.integer;
    case Reply::Kind::kBool:
      return reply.integer != 0;
    case Reply::Kind::kDouble:
      if (std::isnan(reply.real)) return "nan";
      if (std::isinf(reply.real)) return reply.real > 0 ? "inf" : "-inf";
      return reply.real;
    case Reply::Kind::kMap:
      return table_of(reply.items);
    case Reply::Kind::kArray:
    case Reply::Kind::kSet:
    case Reply::Kind::kPush: {
      Value::List list;
      for (const auto& item : reply.items) list.push_back(plain_value(item));
      return list;
    }
    default:
      return reply.text;
  }
}

std::string_view text_of(const Reply& reply) {
  const bool text =
      reply.kind == Reply::Kind::kBulk || reply.kind == Reply::Kind::kStatus || reply.kind == Reply::Kind::kVerbatim;
  return text ? std::string_view(reply.text) : std::string_view();
}

Value number_or_text(std::string_view text) {
  auto digits = text;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  const auto point = digits.find('.');
  const auto whole = digits.substr(0, point);
  const bool padded = whole.size() > 1 && whole.front() == '0';
  const bool fraction = point == std::string_view::npos || is_digits(digits.substr(point + 1));
  if (!is_digits(whole) || padded || !fraction) return text;
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  if (std::abs(number) >= kExact) return text;
  return number;
}

std::string bounded(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  return std::string(text.substr(0, bytes)) + "…";
}

Value::Map parse_fields(std::string_view line, char separator) {
  Value::Map fields;
  for (const auto part : split(line, separator)) {
    const auto equals = part.find('=');
    if (equals != std::string_view::npos) fields[std::string(part.substr(0, equals))] = part.substr(equals + 1);
  }
  return fields;
}

Value::Map parse_info(std::string_view text) {
  Value::Map info;
  for (auto line : split(text, '\n')) {
    line = trim(line);
    const auto colon = line.find(':');
    if (line.starts_with('#') || colon == std::string_view::npos) continue;
    const auto name = line.substr(0, colon);
    const auto value = line.substr(colon + 1);
    const bool id = std::find(kIds.begin(), kIds.end(), name) != kIds.end();
    if (is_table(name, value)) {
      auto fields = parse_fields(value, ',');
      for (auto& [key, field] : fields) field = number_or_text(*field.as_text());
      info[std::string(name)] = std::move(fields);
    } else {
      info[std::string(name)] = id ? Value(value) : number_or_text(value);
    }
  }
  return info;
}

}  // namespace runbook::primitive

#include "primitive/spec/postgres_setting_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/json.h"
#include "base/text.h"
#include "base/usage.h"

namespace runbook::primitive {

namespace {

struct Unit {
  std::string_view name;
  double size;  // in bytes, or in microseconds
};

// From small to large; the names are case-sensitive.
constexpr std::array<Unit, 5> kMemory = {{{"B", 1}, {"kB", 1024}, {"MB", 0x1p20}, {"GB", 0x1p30}, {"TB", 0x1p40}}};
constexpr std::array<Unit, 6> kTime = {
    {{"us", 1}, {"ms", 1e3}, {"s", 1e6}, {"min", 6e7}, {"h", 3.6e9}, {"d", 8.64e10}}};

std::span<const Unit> units_beside(std::string_view name) {
  const auto is = [name](const Unit& unit) { return unit.name == name; };
  if (std::any_of(kMemory.begin(), kMemory.end(), is)) return kMemory;
  if (std::any_of(kTime.begin(), kTime.end(), is)) return kTime;
  return {};
}

std::string_view skip_digits(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of("0123456789"), text.size()));
}

struct Amount {
  double number = 0;
  bool whole = true;
  std::string_view unit{};
};

// Behind the digits: .5, e+06. Nothing when it is neither of them, whole.
std::optional<std::string_view> skip_fraction(std::string_view text) {
  if (text.starts_with('.')) {
    const auto rest = skip_digits(text.substr(1));
    if (rest.size() + 1 == text.size()) return std::nullopt;
    text = rest;
  }
  if (!text.starts_with('e') && !text.starts_with('E')) return text;
  auto digits = text.substr(1);
  if (digits.starts_with('+') || digits.starts_with('-')) digits.remove_prefix(1);
  const auto rest = skip_digits(digits);
  return rest.size() == digits.size() ? std::nullopt : std::optional(rest);
}

// -1, 64MB, 1.5 GB, 1e+06; neither hexadecimal nor octal.
std::optional<Amount> parse_amount(std::string_view text) {
  text = trim(text);
  const auto digits = text.substr(text.starts_with('-') ? 1 : 0);
  const auto whole = skip_digits(digits);
  if (whole.size() == digits.size()) return std::nullopt;
  if (digits.starts_with('0') && digits.size() - whole.size() > 1) return std::nullopt;
  const auto rest = skip_fraction(whole);
  if (!rest) return std::nullopt;
  Amount amount{.whole = rest->size() == whole.size(), .unit = trim(*rest)};
  const auto* end = text.data() + (text.size() - rest->size());
  const auto [stopped, error] = std::from_chars(text.data(), end, amount.number);
  return error == std::errc() && stopped == end ? std::optional(amount) : std::nullopt;
}

// "8kB", of settings that count in pages.
Unit base_unit(std::string_view name) {
  const auto times = parse_amount(name).value_or(Amount{.number = 1, .unit = name});
  for (const auto& unit : units_beside(times.unit)) {
    if (unit.name == times.unit) return {name, unit.size * times.number};
  }
  return {name, 1};
}

// A fraction counts to the next smaller unit: 30.1GB are so many whole megabytes.
std::optional<double> in_base(const Amount& amount, const Unit& base, bool integer) {
  if (amount.unit.empty()) return amount.number;
  const auto plain = base.name.substr(base.name.size() - skip_digits(base.name).size());
  const auto units = units_beside(plain);
  const auto found =
      std::find_if(units.begin(), units.end(), [&](const Unit& unit) { return unit.name == amount.unit; });
  if (found == units.end()) return std::nullopt;
  auto size = amount.number * found->size;
  if (integer && !amount.whole && found != units.begin()) {
    const auto smaller = std::prev(found)->size;
    size = std::rint(size / smaller) * smaller;
  }
  return size / base.size;
}

std::string words_of_units(std::string_view unit) {
  if (unit.empty()) return "it takes no unit";
  const auto plain = unit.substr(unit.size() - skip_digits(unit).size());
  std::string out;
  for (const auto& one : units_beside(plain)) out += (out.empty() ? "in " : ", ") + std::string(one.name);
  return out + "; without a unit it counts in " + std::string(unit);
}

// The server shows a real with six digits: "%g".
std::string as_shown(double number) {
  std::array<char, 32> text{};
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::general, 6);
  return {text.data(), error == std::errc() ? end : text.data()};
}

Result<std::string> meaning_of_number(std::string_view text, const Value& rules) {
  const auto unit = rules["unit"].text_or("");
  const bool integer = rules["type"].text_or("") == "integer";
  const auto amount = parse_amount(text);
  auto number = amount ? in_base(*amount, base_unit(unit), integer) : std::nullopt;
  if (!number) return usage("\"" + escaped(text, 60) + "\" is no amount that it takes", words_of_units(unit));
  if (integer) number = std::rint(*number);
  const auto least = parse_amount(rules["min"].text_or(""));
  const auto most = parse_amount(rules["max"].text_or(""));
  if ((least && *number < least->number) || (most && *number > most->number)) {
    return usage("\"" + escaped(text, 60) + "\" is outside of what it takes",
                 "from " + escaped(rules["min"].text_or(""), 30) + " to " + escaped(rules["max"].text_or(""), 30) +
                     (unit.empty() ? "" : " " + escaped(unit, 10)));
  }
  if (*number == 0) number = 0;  // of -0, too
  return integer ? to_json(Value(*number)) : as_shown(*number);
}

Result<std::string> meaning_of_bool(std::string_view text) {
  const auto word = lower(text);
  for (const auto* yes : {"on", "true", "yes", "1"}) {
    if (word == yes) return std::string("on");
  }
  for (const auto* no : {"off", "false", "no", "0"}) {
    if (word == no) return std::string("off");
  }
  return usage("\"" + escaped(text, 60) + "\" is neither on nor off");
}

Result<std::string> meaning_of_word(std::string_view text, const Value& rules) {
  const auto word = lower(text);
  std::vector<std::string> known;
  for (const auto& option : rules["options"].items()) known.emplace_back(option.text_or(""));
  if (std::find(known.begin(), known.end(), word) != known.end()) return word;
  return usage("\"" + escaped(text, 60) + "\" is none of its values", "one of: " + join(known, " "));
}

}  // namespace

Result<std::string> meaning_of_setting(std::string_view text, const Value& rules) {
  const auto type = rules["type"].text_or("");
  if (type == "bool") return meaning_of_bool(text);
  if (type == "enum") return meaning_of_word(text, rules);
  if (type == "integer" || type == "real") return meaning_of_number(text, rules);
  return std::string(text);
}

std::string shown_setting(std::string_view meaning, const Value& rules) {
  const auto unit = rules["unit"].text_or("");
  const auto amount = parse_amount(meaning);
  if (unit.empty() || !amount || amount->number <= 0) return meaning.empty() ? "nothing" : escaped(meaning, 80);
  const auto base = base_unit(unit);
  const bool memory = units_beside(unit.substr(unit.size() - skip_digits(unit).size())).size() == kMemory.size();
  const auto size = amount->number * base.size;
  if (memory) return bytes_text(size);
  constexpr double kLongest = 1e18;  // beyond what a duration holds
  if (size < kTime[1].size || size > kLongest) return escaped(meaning, 40) + " " + escaped(unit, 10);
  return duration_text(std::chrono::milliseconds(static_cast<std::int64_t>(size / kTime[1].size)));
}

}  // namespace runbook::primitive

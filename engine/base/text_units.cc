// Sizes and durations as people write them.
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "base/text.h"

namespace runbook {

namespace {

// Splits "1.5 MiB" into 1.5 and "mib".
std::optional<std::pair<double, std::string>> number_and_unit(std::string_view text) {
  text = trim(text);
  double number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || number < 0 || !std::isfinite(number)) return std::nullopt;
  const auto rest = std::string_view(parsed.ptr, static_cast<std::size_t>(text.data() + text.size() - parsed.ptr));
  return std::pair(number, lower(trim(rest)));
}

std::string with_decimals(double number, const char* unit) {
  std::array<char, 352> out{};  // the largest number has 309 digits, and a server may name it
  const int length =
      std::snprintf(out.data(), out.size(), number == std::trunc(number) ? "%.0f %s" : "%.1f %s", number, unit);
  return {out.data(), static_cast<std::size_t>(length)};
}

}  // namespace

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  const auto parts = number_and_unit(text);
  if (!parts) return std::nullopt;
  auto unit = parts->second;
  if (unit.ends_with("ib")) {
    unit.resize(unit.size() - 2);
  } else if (unit.ends_with('b')) {
    unit.pop_back();
  }
  static constexpr std::string_view kUnits = "kmgt";
  double factor = 1;
  if (!unit.empty()) {
    const auto at = unit.size() == 1 ? kUnits.find(unit[0]) : std::string_view::npos;
    if (at == std::string_view::npos) return std::nullopt;
    factor = std::pow(1024.0, static_cast<double>(at + 1));
  }
  const double bytes = std::round(parts->first * factor);
  if (bytes > 9007199254740992.0) return std::nullopt;
  return static_cast<std::uint64_t>(bytes);
}

std::string bytes_text(double bytes) {
  static constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < kUnits.size(); ++unit) bytes /= 1024;
  return with_decimals(unit == 0 ? bytes : std::round(bytes * 10) / 10, kUnits[unit]);
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto parts = number_and_unit(text);
  if (!parts) return std::nullopt;
  static constexpr std::array<std::pair<std::string_view, double>, 5> kUnits = {
      {{"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}, {"d", 86400e3}}};
  for (const auto& [name, ms] : kUnits) {
    if (parts->second == name && parts->first * ms < 1e13) {
      return std::chrono::milliseconds(static_cast<std::int64_t>(std::round(parts->first * ms)));
    }
  }
  return std::nullopt;
}

std::string duration_text(std::chrono::milliseconds duration) {
  const auto ms = duration.count();
  if (ms < 1000) return std::to_string(ms) + " ms";
  if (ms < 60'000) return with_decimals(std::round(static_cast<double>(ms) / 100) / 10, "s");
  const auto seconds = ms / 1000;
  const auto two = [](std::int64_t first, const char* unit, std::int64_t second, const char* small) {
    return std::to_string(first) + " " + unit + (second == 0 ? "" : " " + std::to_string(second) + " " + small);
  };
  if (seconds < 3600) return two(seconds / 60, "min", seconds % 60, "s");
  if (seconds < 86400) return two(seconds / 3600, "h", seconds % 3600 / 60, "min");
  return two(seconds / 86400, "d", seconds % 86400 / 3600, "h");
}

}  // namespace runbook

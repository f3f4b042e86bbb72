// Small text functions that every layer needs.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runbook {

std::vector<std::string_view> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string lower(std::string_view text);
/// Whether the text is well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates).
bool is_utf8(std::string_view text);
std::string to_hex(std::string_view bytes);
std::string to_base64(std::string_view bytes);
/// Empty when the text is not base64 (RFC 4648, padded).
std::optional<std::string> from_base64(std::string_view text);

/// Text from elsewhere, made safe to show: control characters, invalid UTF-8, bidirectional and invisible format
/// characters become \n, \x1b, \u{202e}; at most `width` columns, then an ellipsis (0: no limit).
std::string escaped(std::string_view text, std::size_t width = 0);

/// JSON text with the same characters written as \uXXXX, so that it means the same and can be shown.
std::string escaped_json(std::string_view json);

/// The known name nearest to a misspelled one: edit distance of at most a third of its length; empty when none is near.
std::string nearest(std::string_view name, std::span<const std::string> known);

/// "5gb", "1.5 MiB", "512" → bytes. k, m, g and t count in 1024 with a following b or ib, as redis.conf does with kb,
/// mb, gb.
std::optional<std::uint64_t> parse_bytes(std::string_view text);
/// 20971520 → "20.0 MiB"; below 1024 "17 B".
std::string bytes_text(double bytes);
/// "250ms", "30s", "15m", "2h", "1d" → duration.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// 1500 ms → "1.5 s"; 90 s → "1 min 30 s".
std::string duration_text(std::chrono::milliseconds duration);

}  // namespace runbook

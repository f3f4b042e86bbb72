#include "base/text.h"

#include <algorithm>
#include <cctype>

namespace runbook {

namespace {

// Decodes one code point at `at`; its length in bytes, 0 when malformed.
std::size_t decode(std::string_view text, std::size_t at, char32_t& point) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) {
    point = lead;
    return 1;
  }
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) return 0;
  point = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
    point = (point << 6U) | (byte(i) & 0x3FU);
  }
  static constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  return point < kLeast[length] || point > 0x10FFFF || surrogate ? 0 : length;
}

// Characters that steer the terminal or hide: C0, DEL, C1, bidirectional controls, zero-width, line separators, tags.
bool is_unsafe(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x61C || c == 0x180E ||
         (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
         (c >= 0xFFF0 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF);
}

std::string hex(char32_t number, std::size_t digits) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (; number != 0 || out.size() < digits; number >>= 4U) out.insert(out.begin(), kHex[number & 15U]);
  return out;
}

std::string escape_of(char32_t c) {
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  if (c == '\t') return "\\t";
  return c < 0x100 ? "\\x" + hex(c, 2) : "\\u{" + hex(c, 1) + "}";
}

}  // namespace

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  std::string out;
  for (const auto& part : parts) {
    if (&part != parts.data()) out += separator;
    out += part;
  }
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool is_utf8(std::string_view text) {
  char32_t point = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto length = static_cast<unsigned char>(text[at]) < 0x80 ? 1 : decode(text, at, point);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string to_hex(std::string_view bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    out += kHex[static_cast<unsigned char>(c) >> 4U];
    out += kHex[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

std::string escaped(std::string_view text, std::size_t width) {
  std::string out;
  std::size_t columns = 0;
  char32_t point = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto length = decode(text, at, point);
    std::string piece(text.substr(at, std::max<std::size_t>(length, 1)));
    if (length == 0) {
      piece = "\\x" + hex(static_cast<unsigned char>(text[at]), 2);
    } else if (is_unsafe(point)) {
      piece = escape_of(point);
    }
    const auto needs = piece.size() == length ? 1 : piece.size();
    at += std::max<std::size_t>(length, 1);
    const bool more = at < text.size();
    if (width != 0 && columns + needs + (more ? 1 : 0) > width) return out + "…";
    out += piece;
    columns += needs;
  }
  return out;
}

std::string escaped_json(std::string_view json) {
  std::string out;
  char32_t point = 0;
  for (std::size_t at = 0; at < json.size();) {
    const auto length = std::max<std::size_t>(decode(json, at, point), 1);
    // Between its strings JSON is plain ASCII, and line ends are all that is unsafe there.
    if (point < 0x7F || !is_unsafe(point)) {
      out += json.substr(at, length);
    } else if (point < 0x10000) {
      out += "\\u" + hex(point, 4);
    } else {
      const auto rest = point - 0x10000;
      out += "\\u" + hex(0xD800 + (rest >> 10U), 4) + "\\u" + hex(0xDC00 + (rest & 0x3FFU), 4);
    }
    at += length;
  }
  return out;
}

std::string nearest(std::string_view name, std::span<const std::string> known) {
  std::string best;
  std::size_t least = name.size() / 3 + 1;
  for (const auto& candidate : known) {
    std::vector<std::size_t> row(candidate.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= name.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i;
      for (std::size_t j = 1; j < row.size(); ++j) {
        const auto replace = diagonal + (name[i - 1] == candidate[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, replace});
      }
    }
    if (row.back() < least || (row.back() == least && best.empty())) {
      least = row.back();
      best = candidate;
    }
  }
  return best;
}

}  // namespace runbook

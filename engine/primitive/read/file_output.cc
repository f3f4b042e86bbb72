#include "primitive/read/file_output.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "base/text.h"

namespace runbook::primitive {

namespace {

constexpr std::uint64_t kKindBits = 0170000;
constexpr std::uint64_t kModeBits = 07777;
constexpr std::uint64_t kLatest = 253'402'300'799;  // the last second that four digits of a year can tell

constexpr auto kKinds = std::to_array<std::pair<std::uint64_t, std::string_view>>({{0100000, "file"},
                                                                                   {0040000, "directory"},
                                                                                   {0120000, "link"},
                                                                                   {0010000, "pipe"},
                                                                                   {0140000, "socket"},
                                                                                   {0020000, "character device"},
                                                                                   {0060000, "block device"}});

std::optional<std::uint64_t> whole(std::string_view text, int base = 10) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

std::string_view kind_of(std::uint64_t bits) {
  for (const auto& [kind, name] : kKinds) {
    if ((bits & kKindBits) == kind) return name;
  }
  return "other";
}

std::string mode_of(std::uint64_t bits) {
  std::string mode(4, '0');
  bits &= kModeBits;
  for (auto digit = mode.rbegin(); digit != mode.rend(); ++digit, bits >>= 3U)
    *digit = static_cast<char>('0' + static_cast<int>(bits & 7U));
  return mode;
}

std::string_view named(std::string_view name, std::string_view number) { return name == "UNKNOWN" ? number : name; }

}  // namespace

Result<Value> parse_stat(std::string_view line) {
  const Error unread{Code::kProtocol, "what stat says cannot be read"};
  const auto fields = split(line, '|');
  if (fields.size() != 8) return unread;
  const auto bits = whole(fields[0], 16);
  const auto size = whole(fields[1]);
  const auto links = whole(fields[2]);
  const auto modified = whole(fields[7]);
  if (!bits || !size || !links || !modified || *modified > kLatest) return unread;
  return Value(Value::Map{{"kind", kind_of(*bits)},
                          {"size", *size},
                          {"links", *links},
                          {"mode", mode_of(*bits)},
                          {"owner", named(fields[3], fields[4])},
                          {"group", named(fields[5], fields[6])},
                          {"modified", utc_text(static_cast<std::int64_t>(*modified) * 1000)}});
}

Result<Value> parse_file(std::string_view out, std::string_view err) {
  std::vector<std::string_view> said;
  for (const auto line : split(out, '\n')) {
    if (!line.empty()) said.push_back(line);
  }
  std::size_t absent = 0;
  for (const auto line : split(err, '\n')) {
    if (trim(line).empty()) continue;
    if (!line.ends_with(kAbsent)) return Error{Code::kRemote, escaped(trim(line), 300)};
    ++absent;
  }
  // A file that is there lies in a folder that is there: of the two only the folder can be left.
  if (said.size() + absent != 2) return Error{Code::kProtocol, "stat did not tell of the file and its folder"};
  Value file = Value::Map{};
  if (absent == 0) {
    RUNBOOK_TRY(told, parse_stat(said[0]));
    file = std::move(told);
  }
  file["exists"] = absent == 0;
  if (!said.empty()) {
    RUNBOOK_TRY(directory, parse_stat(said.back()));
    const auto& folder = std::as_const(directory);
    file["directory"] = Value::Map{{"mode", folder["mode"]}, {"owner", folder["owner"]}, {"group", folder["group"]}};
  }
  return file;
}

}  // namespace runbook::primitive

#include "base/sql_text.h"

#include <algorithm>

#include "base/text.h"
#include "base/usage.h"

namespace runbook {

namespace {

constexpr std::size_t kLongestName = 63;

bool is_name(std::string_view part) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !part.empty() && part.size() <= kLongestName && letter(part.front()) &&
         std::all_of(part.begin(), part.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

std::string doubled(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    out += c;
    if (c == quote) out += c;
  }
  return out + quote;
}

}  // namespace

Result<std::string> sql_name(std::string_view name) {
  std::string out;
  for (const auto part : split(name, '.')) {
    if (!is_name(part)) {
      return usage("\"" + escaped(name, 80) + "\" is no name of a table or a column",
                   "letters, digits and underscores; a schema goes before it: public.orders");
    }
    out += (out.empty() ? "" : ".") + doubled(part, '"');
  }
  return out;
}

Result<std::string> sql_literal(std::string_view text) {
  const bool sound = is_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
                       return c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
                     });
  if (sound) return doubled(text, '\'');
  return usage("\"" + escaped(text, 80) + "\" has a backslash or a control character in it",
               "write it without: no value that is set this way needs one");
}

std::string sql_for_psql(std::string_view statement, const std::vector<std::string>& params) {
  if (params.empty()) return std::string(statement);
  std::string values;
  for (const auto& param : params) values += (values.empty() ? "" : ", ") + doubled(param, '\'');
  return "PREPARE by_hand AS " + std::string(statement) + "; EXECUTE by_hand(" + values + ")";
}

}  // namespace runbook

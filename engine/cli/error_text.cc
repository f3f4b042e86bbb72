#include "cli/error_text.h"

#include "base/text.h"

namespace runbook::cli {

namespace {

std::string escaped_lines(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    if (at != 0) out += '\n';
    out += escaped(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

}  // namespace

std::string error_text(const Error& error) {
  auto out = "runbook: " + (error.where.empty() ? "" : escaped(error.where, 200) + ": ") + escaped_lines(error.message);
  if (!error.next.empty()) out += "\n  " + escaped_lines(error.next);
  return out + "\n";
}

Value error_value(const Error& error) {
  return Value::Map{
      {"code", name_of(error.code)}, {"message", error.message}, {"where", error.where}, {"next", error.next}};
}

}  // namespace runbook::cli

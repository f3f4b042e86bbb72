#include "base/kept_file.h"

namespace runbook {

namespace {

constexpr std::string_view kMark = ".before-";
constexpr std::size_t kDigits = 12;

}  // namespace

std::string_view kept_digits(std::string_view sha256) { return sha256.substr(0, kDigits); }

std::string kept_file(std::string_view path, std::string_view digits) {
  return std::string(path) + std::string(kMark) + std::string(digits);
}

std::optional<std::string> original_of_kept(std::string_view path) {
  if (path.size() <= kMark.size() + kDigits) return std::nullopt;
  const auto digits = path.substr(path.size() - kDigits);
  const auto front = path.substr(0, path.size() - kDigits);
  if (!front.ends_with(kMark) || digits.find_first_not_of("0123456789abcdef") != std::string_view::npos)
    return std::nullopt;
  return std::string(front.substr(0, front.size() - kMark.size()));
}

}  // namespace runbook

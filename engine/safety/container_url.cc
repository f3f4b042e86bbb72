#include "safety/container_url.h"

#include <algorithm>

namespace runbook::safety {

namespace {

constexpr std::size_t kLongestName = 255;

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

}  // namespace

ContainerPlace container_place(std::string_view url) {
  const auto hash = url.find('#');
  if (hash == std::string_view::npos) return {.engine = url, .name = {}};
  return {.engine = url.substr(0, hash), .name = url.substr(hash + 1)};
}

std::string container_url(std::string_view engine, std::string_view name) {
  return std::string(engine) + "#" + std::string(name);
}

bool is_container_name(std::string_view name) {
  return name.size() > 1 && name.size() <= kLongestName && is_letter_or_digit(name[0]) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '_' || c == '.' || c == '-'; });
}

}  // namespace runbook::safety

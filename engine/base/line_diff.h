// Two texts beside each other, line by line. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace runbook {

/// The lines that differ, without their ends: "- " for those of `before` only, "+ " for those of `now` only, with up to
/// two lines that both have around them ("  "), and "  …" where others are left out. Empty when the texts are equal.
/// None that differs is left out, however long the texts are.
std::vector<std::string> line_diff(std::string_view before, std::string_view now);

}  // namespace runbook

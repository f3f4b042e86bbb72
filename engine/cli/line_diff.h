// Two texts beside each other, line by line.
#pragma once

#include <string>
#include <string_view>

namespace runbook::cli {

/// The lines that differ: "- " for those of `before` only, "+ " for those of `now` only, with up to two lines that both
/// have around them. Empty when the texts are equal.
std::string line_diff(std::string_view before, std::string_view now);

}  // namespace runbook::cli

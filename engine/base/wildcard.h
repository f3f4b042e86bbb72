// Patterns in which * stands for any number of characters and ? for one.
#pragma once

#include <string_view>

namespace runbook {

/// Whether the whole text is like the pattern, in time proportional to the product of their lengths at worst. Nothing
/// escapes a wildcard, and every other character stands for itself.
bool is_like(std::string_view text, std::string_view pattern);

/// The same for absolute paths, segment by segment: a wildcard never stands for a slash, and a segment ** stands for
/// any number of segments, none among them.
bool is_path_like(std::string_view path, std::string_view pattern);

}  // namespace runbook

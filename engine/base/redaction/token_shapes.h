// Tokens that say by their first characters what they are.
#pragma once

#include <cstddef>
#include <string_view>

namespace runbook {

/// The length of the token that the text begins with; 0 when it begins with none. The character before must be no part
/// of a word.
std::size_t token_length(std::string_view text);

}  // namespace runbook

// The words and numbers of what the programs of a host print. Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace runbook::primitive {

/// The words of a line, however many blanks are between them.
std::vector<std::string_view> words_of(std::string_view line);

/// A number without a sign, with or without a fraction; nothing for anything else.
std::optional<double> number_of(std::string_view text);

}  // namespace runbook::primitive

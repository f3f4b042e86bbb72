// How a file that was replaced is kept beside it: PATH.before-3f2a51c09b7d, named by what it holds.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace runbook {

/// Of the content of a file, by its SHA-256 in hexadecimal, the digits that name it.
std::string_view kept_digits(std::string_view sha256);

/// Where the content of those digits is kept.
std::string kept_file(std::string_view path, std::string_view digits);

/// Which file this one is kept of; nothing where its name is none of these.
std::optional<std::string> original_of_kept(std::string_view path);

}  // namespace runbook

// The forms in which a secret turns up in what others say of it.
//
// Masking by exact match finds a secret in one case of seven: logs, JSON documents, URLs and dumps write it their own
// way. So each secret is looked for as it stands and as JSON (once and twice over, with and without ASCII only), URL
// (several sets of characters left alone, upper and lower case), base64 and base64url (at the three offsets it may have
// within something larger), hexadecimal, shell words, HTML, and as this program itself escapes text. Of a value of
// several lines each line counts alone, for logs are read by lines. Most forms of a plain secret are the same: 6 are
// left of "correct-horse", 15 of one with a quote, a blank and a slash.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace runbook {

/// What is shorter cannot be told from the text around it, and is refused as a secret.
inline constexpr std::size_t kShortestSecret = 8;

/// All forms, each once, none shorter than kShortestSecret.
std::vector<std::string> forms_of(std::string_view secret);

}  // namespace runbook

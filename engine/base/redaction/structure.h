// What of a text must not be shown because of where it stands: secrets that nobody declared.
//
//   KEY=value, "key": "value", key: value     whose key names a secret (key_names.h); a text that is KEY=value as a
//                                             whole, as in lists of environment variables, up to its end
//   --password VALUE                          the word behind an option whose name names a secret
//   PASSWORD '…', CONFIG SET requirepass …   statements of PostgreSQL, commands and settings of Redis
//   scheme://user:password@host               the password; user and host stay
//   Authorization: Bearer …, Cookie: a=b      headers, up to the end of the line; the scheme stays
//   -----BEGIN … PRIVATE KEY-----             up to its END line, over several texts of a list if need be
//   AKIA…, ghp_…, xoxb-…, eyJ….….…            tokens that say what they are
//
// It is a guess, made so that what on-call people read stays readable: numbers, sizes, settings, prose about passwords.
// The rules see one text at a time and no declared secret: those are gone before (secret_net.h).
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace runbook {

struct HiddenSpan {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// In order, without overlap. `within_key`: whether a private key began in a text before this one and has not ended.
std::vector<HiddenSpan> hidden_spans(std::string_view text, bool& within_key);

}  // namespace runbook

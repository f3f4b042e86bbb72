// Whether a name is that of a secret, by its last word: DB_PASSWORD, apiKey, requirepass; not password_file,
// max_tokens.
#pragma once

#include <string_view>

namespace runbook {

/// Of an environment variable, a setting, a member of a document, a header.
bool names_secret(std::string_view name);

/// Whether what stands under such a name can be secret at all: not when it is empty, a word such as `true` or `none`,
/// a number of fewer than six digits, a reference such as ${VAR}, the beginning of a table, or already hidden.
bool may_be_secret(std::string_view value);

}  // namespace runbook

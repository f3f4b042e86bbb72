// What an argument of a command may be: the kinds of readonly_commands.toml.
//
//   [kinds.UNIT]
//   chars   = "a-zA-Z0-9@._:-"    # of which characters it consists; a dash at the end is one
//   one_of  = ["json", "short"]   # or one of these words
//   paths   = ["/var/log/**"]     # or one of these paths: * is within a segment, ** any number of segments
//   redis   = true                # or all words from here on are a command that guard/redis.h lets pass
//   never   = ["**/*.key"]        # and none of these words or paths, whatever else is said
//   starts  = "+0-9"              # and it begins with one of these characters; a dash only if one is among them
//   list    = true                # and several of them may stand in one word, with commas between
//   longest = 64                  # and it has at most so many bytes; 256 unless said
//
// Paths are absolute and can be read in one way only: no //, no segment . or .., plain characters. Links are not
// followed, for that would take a look at the host: what a link in a listed folder leads to can be read, and is passed
// through the redactor as everything is.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/value.h"

namespace runbook::guard {

/// Whether a path is absolute and can be read in one way only.
bool is_plain_path(std::string_view path);

struct WordKind {
  std::string chars{};  // spelled out
  std::vector<std::string> one_of{};
  std::vector<std::string> paths{};
  std::vector<std::string> never{};
  std::string starts{};  // spelled out
  std::size_t longest = 256;
  bool list = false;
  bool redis = false;

  /// Whether one word is of this kind.
  [[nodiscard]] bool fits(std::string_view word) const;
};

/// A kind from its table. kConfig names the key in `where`, or nothing when it is the table itself.
Result<WordKind> parse_word_kind(const Value& table);

}  // namespace runbook::guard

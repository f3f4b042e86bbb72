// YAML, read for its places: each node knows which bytes of the text it is, so that one value can be put in place of
// another and every comment, blank and quote around it stays as it was. libyaml parses; nothing here writes YAML out.
//
//   services:
//     api:
//       image: "registry/api:1.4"   # the scalar is the 18 bytes with the quotes
//
// One document. An alias is a node of its own kind, and what it stands for is not copied: to change it there would
// change it elsewhere too. Limits: 1 MiB, depth 64, 50,000 nodes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace runbook {

struct YamlNode {
  enum class Kind { kScalar, kMap, kList, kAlias };
  enum class Style { kPlain, kSingleQuoted, kDoubleQuoted, kBlock /* | or > */, kNone /* no scalar */ };

  Kind kind = Kind::kScalar;
  Style style = Style::kNone;
  bool flow = false;                                     // of a map or list: written with { } or [ ]
  bool anchored = false;                                 // has a name that an alias may use
  std::string tag{};                                     // "!vault"; empty when none is written
  std::string text{};                                    // of a scalar its value, of an alias its name
  std::size_t begin = 0;                                 // the first byte of it in the text
  std::size_t end = 0;                                   // the byte after it
  std::vector<std::pair<YamlNode, YamlNode>> members{};  // of a map, in the order of the text
  std::vector<YamlNode> items{};                         // of a list

  /// The value of that key of a map; null when there is none.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
};

/// The one document of the text. kConfig with the line for what is no YAML, more than one document, a key that comes
/// twice in one map, a key that is no scalar, and what is above the limits.
Result<YamlNode> parse_yaml(std::string_view text);

/// The value as a scalar in that style, or in double quotes where the style cannot hold it: "on" and "1.10" would be no
/// text when written plain.
std::string yaml_scalar(std::string_view value, YamlNode::Style style);

}  // namespace runbook

// Edits of a YAML text by the places of its nodes: everything around what is edited stays byte for byte.
#pragma once

#include <string>
#include <string_view>

#include "base/yaml.h"

namespace runbook::primitive {

/// The text with other bytes in the place of that node.
std::string replaced(std::string_view text, const YamlNode& node, std::string_view bytes);

/// The text with KEY set to a value in the service's environment: in its place, or as a new last entry; a service
/// without `environment` (null) gets one behind its first member. The value as compose reads it, dollars doubled.
std::string with_entry(std::string_view text, const YamlNode& service, const YamlNode* environment,
                       std::string_view key, std::string_view value);

/// The text without that key, which is there; the last entry takes `environment` with it.
std::string without_entry(std::string_view text, const YamlNode& service, std::string_view key);

/// Whether both say the same, wherever it stands and however it is quoted.
bool same_content(const YamlNode& one, const YamlNode& other);

}  // namespace runbook::primitive

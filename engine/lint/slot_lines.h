// Where in its file a playbook says what: the lines of its slots and of the names in them.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "lint/lua_tree.h"

namespace runbook::lint {

class SlotLines {
 public:
  SlotLines() = default;
  explicit SlotLines(const LuaTree& tree);

  /// The line of a slot of the playbook, or of a name in it: "evidence", "findings.small". Where that is not spelled
  /// out, the line of what it would stand in.
  [[nodiscard]] int playbook(std::string_view path = {}) const { return of("playbook", path); }
  /// The same of a mitigation: "answers", "asks.limit".
  [[nodiscard]] int mitigation(std::string_view name, std::string_view path = {}) const;

 private:
  void note_fields(const std::string& path, const Node& table);
  [[nodiscard]] int of(std::string path, std::string_view below) const;

  std::map<std::string, int> lines_;  // "playbook.findings.small", "mitigation raise.answers"
};

}  // namespace runbook::lint

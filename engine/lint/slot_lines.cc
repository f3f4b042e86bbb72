#include "lint/slot_lines.h"

#include "lint/roles.h"

namespace runbook::lint {

SlotLines::SlotLines(const LuaTree& tree) {
  for (const auto& node : tree.nodes) {
    const auto declared = declaration_of(node);
    if (declared.word.empty()) continue;
    const auto path = declared.word == "playbook" ? declared.word : declared.word + " " + declared.name;
    lines_.emplace(path, node.parts[0]->line);
    note_fields(path, *node.parts[1]);
  }
}

void SlotLines::note_fields(const std::string& path, const Node& table) {
  for (const auto* field : table.parts) {
    if (field->text.empty()) continue;
    const auto here = path + "." + field->text;
    lines_.emplace(here, field->line);
    const auto& value = *field->parts.back();
    if (value.form == Form::kTable) note_fields(here, value);
  }
}

int SlotLines::mitigation(std::string_view name, std::string_view path) const {
  return of("mitigation " + std::string(name), path);
}

int SlotLines::of(std::string path, std::string_view below) const {
  if (!below.empty()) path += "." + std::string(below);
  for (;;) {
    if (const auto line = lines_.find(path); line != lines_.end()) return line->second;
    const auto dot = path.rfind('.');
    if (dot == std::string::npos) break;
    path.resize(dot);
  }
  const auto book = lines_.find("playbook");
  return book == lines_.end() ? 1 : book->second;
}

}  // namespace runbook::lint

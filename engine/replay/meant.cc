#include "replay/meant.h"

#include <fstream>
#include <regex>
#include <set>
#include <vector>

#include "base/text.h"

namespace runbook::replay {

namespace {

using Names = std::set<std::string, std::less<>>;

void add_names(const Value& value, Names& names) {
  for (const auto& item : value.items()) add_names(item, names);
  for (const auto& [name, member] : value.members()) {
    names.insert(name);
    add_names(member, names);
  }
}

// Of readings, and of what was answered.
Names names_in(const Rehearsal& rehearsal, const RecordedWorld& world) {
  Names names;
  for (const auto& record : rehearsal.records) {
    if (record.type == "EVIDENCE") names.emplace(record.data["name"].text_or(""));
  }
  for (const auto& read : world.reads) {
    for (const auto& answer : read.answers) add_names(answer.value, names);
  }
  return names;
}

// The line of a playbook that "…: file.lua:12: …" speaks of.
std::string line_in(const std::string& error) {
  static const std::regex place(R"(([^\s:]+\.lua):(\d{1,6}):)");
  std::smatch at;
  if (!std::regex_search(error, at, place)) return {};
  std::ifstream in(at[1].str());
  std::string line;
  for (auto number = std::stoul(at[2].str()); number > 0 && std::getline(in, line); --number) continue;
  return line;
}

}  // namespace

std::string meant(std::string_view error, const Rehearsal& rehearsal, const RecordedWorld& world) {
  if (error.find("nil") == std::string_view::npos) return {};
  const auto line = line_in(std::string(error));
  const auto names = names_in(rehearsal, world);
  const std::vector<std::string> known(names.begin(), names.end());
  static const std::regex field(R"(\.([A-Za-z_]\w*)\b(?!\s*[("'{]))");
  for (std::sregex_iterator at(line.begin(), line.end(), field), end; at != end; ++at) {
    const auto name = (*at)[1].str();
    const auto near = names.contains(name) ? "" : nearest(name, known);
    if (!near.empty())
      return "nothing that was read has " + escaped(name, 60) + "; did you mean " + escaped(near, 60) + "?";
  }
  return {};
}

}  // namespace runbook::replay

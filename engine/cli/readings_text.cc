#include "cli/readings_text.h"

#include <map>
#include <set>
#include <utility>

#include "cli/equal_results.h"

namespace runbook::cli {

namespace {

std::string line(const Style& style, bool good, const std::string& name, const std::string& text) {
  return "  " + (good ? style.yes() : style.no()) + ' ' + padded(name, kNameWidth) + ' ' +
         wrapped(text, kNameWidth + 6, style.width()) + '\n';
}

// The readings of one name, equal ones together.
std::string grouped(const Style& style, const std::vector<const ToldReading*>& readings, const std::string& more) {
  std::vector<OneResult> results;
  std::map<std::string, const ToldReading*> first;  // by what they are equal in
  for (const auto* reading : readings) {
    const auto text = (reading->good ? reading->text : as_it(reading->text, reading->own)) + '\n' +
                      as_it(reading->next, reading->own) + '\n' + reading->command;
    first.emplace(text, reading);
    results.push_back({.target = reading->target, .text = text, .good = reading->good});
  }
  std::string out;
  for (const auto& group : equal_results(results)) {
    const auto& one = *first.at(group.text);
    const bool alone = group.targets.size() == 1;
    const auto text = alone ? one.text : group.text.substr(0, group.text.find('\n'));
    out += line(style, group.good, one.name, owners_text(group) + ": " + text + names_text(group, more)) +
           pointer_text(style, alone ? one.next : as_it(one.next, one.own), one.command);
  }
  return out;
}

}  // namespace

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string pointer_text(const Style& style, const std::string& next, const std::string& command) {
  const auto arrow = std::string(kNameWidth + 5, ' ') + std::string(style.arrow()) + ' ';
  std::string out;
  if (!next.empty()) out += arrow + wrapped(next, kNameWidth + 7, style.width()) + '\n';
  if (!command.empty()) out += arrow + command + '\n';
  return out;
}

std::string ReadingsText::take(const Style& style, bool several, const std::string& more) {
  const auto held = std::exchange(held_, {});
  std::map<std::string, std::vector<const ToldReading*>> by_name;
  std::map<std::string, std::set<std::string>> targets;
  for (const auto& reading : held) {
    by_name[reading.name].push_back(&reading);
    targets[reading.name].insert(reading.target);
  }
  std::string out;
  std::set<std::string> told;
  for (const auto& reading : held) {
    if (targets[reading.name].size() < kManyTargets) {
      out += line(style, reading.good, reading.name, (several ? reading.target + ": " : "") + reading.text) +
             pointer_text(style, reading.next, reading.command);
    } else if (told.insert(reading.name).second) {
      out += grouped(style, by_name[reading.name], more);
    }
  }
  return out;
}

}  // namespace runbook::cli

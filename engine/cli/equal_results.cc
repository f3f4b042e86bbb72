#include "cli/equal_results.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/text.h"

namespace runbook::cli {

namespace {

constexpr std::size_t kMostNames = 12;

bool is_of_a_name(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
}

bool stands_alone(const std::string& text, std::size_t at, std::size_t size) {
  return (at == 0 || !is_of_a_name(text[at - 1])) && (at + size == text.size() || !is_of_a_name(text[at + size]));
}

}  // namespace

std::size_t count_targets(const std::vector<OneResult>& results) {
  std::set<std::string_view> targets;
  for (const auto& result : results) targets.insert(result.target);
  return targets.size();
}

std::vector<EqualResults> equal_results(const std::vector<OneResult>& results) {
  std::vector<EqualResults> groups;
  std::map<std::pair<bool, std::string>, std::size_t> places;
  for (const auto& result : results) {
    const auto [place, is_new] = places.emplace(std::pair(result.good, result.text), groups.size());
    if (is_new) groups.push_back({.text = result.text, .good = result.good});
    groups[place->second].targets.push_back(result.target);
  }
  EqualResults* largest = nullptr;
  for (auto& group : groups) {
    if (group.good && (largest == nullptr || group.targets.size() > largest->targets.size())) largest = &group;
  }
  if (largest != nullptr) largest->commonest = largest->targets.size() > 1;
  return groups;
}

std::string owners_text(const EqualResults& group) {
  const std::set<std::string> targets(group.targets.begin(), group.targets.end());
  const auto count = group.targets.size();
  if (count == 1) return group.targets.front();
  if (targets.size() == 1) return std::to_string(count) + " results of " + group.targets.front();
  if (targets.size() == count) return std::to_string(count) + " targets";
  return std::to_string(count) + " results of " + std::to_string(targets.size()) + " targets";
}

std::string names_text(const EqualResults& group, const std::string& more) {
  const std::set<std::string> targets(group.targets.begin(), group.targets.end());
  if (group.commonest || targets.size() == 1) return {};
  return ": " + first_names({targets.begin(), targets.end()}, more);
}

std::string first_names(const std::vector<std::string>& names, const std::string& more) {
  if (names.size() <= kMostNames + 1) return join(names, ", ");
  return join(std::span(names).first(kMostNames), ", ") + " and " + std::to_string(names.size() - kMostNames) +
         " more: " + more;
}

std::string as_it(std::string text, std::vector<std::string> words) {
  std::sort(words.begin(), words.end(),
            [](const std::string& left, const std::string& right) { return left.size() > right.size(); });
  for (const auto& word : words) {
    if (word.empty()) continue;
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
      if (!stands_alone(text, at, word.size())) {
        at += word.size();
        continue;
      }
      text.replace(at, word.size(), "it");
      at += 2;
    }
  }
  return text;
}

}  // namespace runbook::cli

// What the rows of several kinds of target have in common.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/usage.h"
#include "safety/change_row.h"

namespace runbook::primitive {

/// Among the words of a request (guard/http.h) that carries a JSON document.
constexpr std::string_view kSaysJson = "Content-Type: application/json";

/// The state is what the reader gives, as it is.
inline safety::Seen as_read(const Value& reading) { return {.state = reading, .blob = {}}; }

/// Marks of what is made and taken away: whether the reader finds it.
inline bool is_there(const safety::Change& /*change*/, const Value& state) { return !state.is_null(); }
inline bool is_gone(const safety::Change& /*change*/, const Value& state) { return state.is_null(); }

/// Whether all that is wanted is there; what is there besides does not count.
inline bool covers(const Value& have, const Value& want) {
  if (want.as_map() == nullptr) return have == want;
  return std::all_of(want.members().begin(), want.members().end(),
                     [&](const auto& member) { return covers(have[member.first], member.second); });
}

/// Of a change whose state only its author can name: whether what they named shows it.
inline bool shows_what_was_named(const safety::Change& change, const Value& state) {
  return !change.to.is_null() && covers(state, change.to);
}

/// Of an action, which has no state to be set to. kUsage.
inline Result<Value> no_to(const Value& /*args*/, const Value& to) {
  if (!to.is_null()) return usage("this change takes no { to = … }");
  return Value();
}

/// kUsage unless that argument, where it is given, is whole seconds between these.
inline Result<void> check_seconds(const Value& args, std::string_view name, int least, int most) {
  const auto& given = args[name];
  const auto seconds = given.number_or(least);
  const bool is_number = given.is_null() || given == Value(seconds);
  if (is_number && seconds >= least && seconds <= most && seconds == std::floor(seconds)) return {};
  return usage(std::string(name) + " wants whole seconds from " + std::to_string(least) + " to " +
               std::to_string(most) + ", got " + to_json(given));
}

/// The words of a list of texts.
inline std::vector<std::string> words_in(const Value& list) {
  std::vector<std::string> words;
  for (const auto& word : list.items()) words.emplace_back(word.text_or(""));
  return words;
}

/// A program and its arguments, each a text without NUL; kUsage, which calls them `name`.
inline Result<std::vector<std::string>> argv_in(const Value& list, std::string_view name) {
  auto argv = words_in(list);
  const bool sound = !argv.empty() && !argv.front().empty() &&
                     std::all_of(list.items().begin(), list.items().end(), [](const Value& word) {
                       return word.as_text() != nullptr && word.as_text()->find('\0') == std::string::npos;
                     });
  if (sound) return argv;
  return usage(std::string(name) +
               " is a list of the program and its arguments, each a text, such as { \"rm\", \"/tmp/lock\" }");
}

}  // namespace runbook::primitive

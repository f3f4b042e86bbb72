// Many results of one kind, for people: equal ones as one line, with the targets counted.
//
//   ✓ load           487 targets: ok
//   ✗ load           12 targets: not read: it accepts no connection within 10 s: web-3, web-17, … and 2 more: runbook
//   evidence RUN ✓ load           web-9: disk 97 %
//
// Good and bad are never in one group. The names of a group are left out only for the one that most of the good targets
// are in; a host that fails or differs is named, in a large group of such the first of them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace runbook::cli {

struct OneResult {
  std::string target{};
  std::string text{};  // escaped already
  bool good = false;
};

struct EqualResults {
  std::string text{};
  bool good = false;
  bool commonest = false;              // the largest of the good groups
  std::vector<std::string> targets{};  // one for each result, so that a target may come twice
};

/// From how many targets on results are grouped: fewer are told one by one.
inline constexpr std::size_t kManyTargets = 5;

/// How many targets there are among them.
std::size_t count_targets(const std::vector<OneResult>& results);

/// The groups, in the order of their first result. Results are equal too that differ in nothing but the
/// name of their target, when their texts were given by as_it.
std::vector<EqualResults> equal_results(const std::vector<OneResult>& results);

/// "487 targets", "web-9", "2 results of web-9": whose results these are.
std::string owners_text(const EqualResults& group);
/// ": web-3, web-17, … and 2 more: MORE": who they are, where that has to be said; `more` is what lists them all.
std::string names_text(const EqualResults& group, const std::string& more);

/// The names, of many the first ones: "a, b and 37 more: MORE".
std::string first_names(const std::vector<std::string>& names, const std::string& more);

/// The text with each of these words as "it", where it stands alone: the longest first.
std::string as_it(std::string text, std::vector<std::string> words);

}  // namespace runbook::cli

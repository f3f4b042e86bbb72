// What was read, for people. The readings of one look are held back until it is over, so that equal ones of many
// targets become one line (equal_results.h); a few are told one by one, in the order in which they were read.
#pragma once

#include <string>
#include <vector>

#include "cli/terminal.h"

namespace runbook::cli {

struct ToldReading {
  std::string name{};    // as the playbook calls it
  std::string target{};  // all of these are escaped
  std::string text{};
  bool good = false;
  std::string next{};              // what to do about it; may be empty
  std::string command{};           // which command shows more; may be empty
  std::vector<std::string> own{};  // what its target is called: its name, its address
};

class ReadingsText {
 public:
  void add(ToldReading reading) { held_.push_back(std::move(reading)); }
  [[nodiscard]] bool empty() const { return held_.empty(); }
  /// The lines of what is held, which is given away by that. `several`: lines say whose readings they are; `more` is
  /// the command that lists all names.
  std::string take(const Style& style, bool several, const std::string& more);

 private:
  std::vector<ToldReading> held_;
};

/// How wide the names of readings and findings are.
inline constexpr std::size_t kNameWidth = 14;

/// Lines below a reading or a finding: what to do about it, and a command on a line of its own, so that it can be
/// copied.
std::string pointer_text(const Style& style, const std::string& next, const std::string& command);

/// The text with blanks behind it, to that width.
std::string padded(std::string text, std::size_t width);

}  // namespace runbook::cli

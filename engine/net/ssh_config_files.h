// What tells hosts apart in the files that ssh reads.
//
// Of ssh_config(5) these do: the patterns of Host, anything of Match, tokens such as %h and %C in any value. So this
// reads the lines of Host and gives up at a Match, at a percent sign that is not in a comment, and at anything quoted
// or otherwise odd in a line of Host. It never has to know what the other keywords mean. A pattern too many, as of a
// block that does not count, only makes fewer names alike.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace runbook::net {

class SshConfigFiles {
 public:
  /// Adds the text of a file that ssh read.
  void add(std::string_view text);

  /// There is one that cannot be read.
  void give_up() { comparable_ = false; }

  /// Whether names can be told to mean the same but for themselves, as far as the files go: by shape().
  [[nodiscard]] bool comparable() const { return comparable_; }

  /// Which of the patterns the name is like, as one text for each outcome; empty for a name that ssh may take for
  /// something else than it is written as, and when names are not comparable.
  [[nodiscard]] std::string shape(std::string_view name) const;

 private:
  void add_line(std::string_view line);

  bool comparable_ = true;
  std::vector<std::string> patterns_{};
};

}  // namespace runbook::net

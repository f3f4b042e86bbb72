// What takes its time, on stderr: one line that replaces itself on a terminal; elsewhere a line now and then, so that
// who reads a log of it sees that it goes on.
#pragma once

#include "cli/terminal.h"
#include "run/world.h"

namespace runbook::cli {

class StderrProgress final : public run::Progress {
 public:
  StderrProgress(const Clock& clock, Style style) : clock_(clock), style_(style) {}

  void show(const std::string& text) override;
  void warn(const std::string& text) override;
  void print(std::string_view text) override;

 private:
  void clear();

  const Clock& clock_;
  Style style_;
  std::int64_t busy_since_ = 0;  // boot clock; 0: nothing is being waited for
  std::int64_t told_ = 0;        // when the last line was written where no line can be replaced
  bool shown_ = false;
};

}  // namespace runbook::cli

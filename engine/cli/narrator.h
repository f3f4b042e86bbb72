// Tells people what a run does, as it does it: one paragraph for each journal record.
//
// It knows nothing but records, so what is on the screen, what is in the log and what a report says later cannot
// differ. Everything that came from elsewhere is escaped here.
#pragma once

#include <map>
#include <ostream>
#include <set>
#include <sstream>
#include <string>

#include "cli/readings_text.h"
#include "cli/terminal.h"
#include "safety/journal.h"
#include "safety/plan.h"

namespace runbook::cli {

class Narrator {
 public:
  Narrator(std::ostream& out, Style style) : sink_(out), style_(style) {}

  void tell(const safety::Record& record);
  /// Takes note of what was told before, without telling it again.
  void recall(const safety::Record& record);
  /// Tells what is still held back: readings, which are told together when their look is over. For when no further
  /// record comes, not even that of the end.
  void finish();

 private:
  void take(const safety::Record& record);
  void resumed(const safety::Record& record);
  void unanchored(const Value& data);
  void start(const safety::Record& record);
  void targets(const Value& targets);
  void evidence(const Value& data);
  void readings();
  void verdict(const Value& data);
  void plan(const Value& data);
  void whole_plan(const Value& data);
  void outcome(const Value& data);
  void verification(const Value& data);
  void barrier(const Value& data);
  void by_hand(const safety::Record& record);
  void manual(const safety::Record& record);
  void failed_members(const Value& data);
  void watch(const Value& data);
  void checks(const Value& data);
  void pointer(const Value& where);
  void hand_over(const Value& data);
  void end(const safety::Record& record);
  void heading(const std::string& text);

  std::ostream& sink_;
  std::ostringstream out_;  // the paragraph in hand
  Style style_;
  ReadingsText readings_;
  bool looking_ = false;       // a look was begun, and
  bool looking_told_ = false;  // its heading was told
  std::string run_;
  std::map<std::string, std::vector<std::string>, std::less<>> own_words_;  // by target, its name and addresses
  bool several_targets_ = false;                                            // then a reading says whose it is
  std::map<std::string, std::string> before_;  // what the last look showed of each reading, a line each
  std::map<std::string, std::string> now_;     // what this one does
  std::size_t unchanged_ = 0;
  std::uint64_t undoes_ = 0;          // of the last INTENT
  Value from_;                        // what it found
  bool leaves_nothing_ = false;       // the last INTENT's change needs no undo
  std::set<std::uint64_t> standing_;  // the INTENTs of changes that stand, or may
  std::string mode_;
};

}  // namespace runbook::cli

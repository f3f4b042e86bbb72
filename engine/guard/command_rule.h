// One rule of the list of commands that only look, and a command held against it word by word.
//
//   [commands.journalctl]
//   forms  = ["journalctl OPTIONS MATCH*"]
//   flags  = "-k --dmesg -r --reverse --no-pager -q --quiet"      # options without a value
//   values = { "-u --unit" = "UNIT", "--boot" = "BOOT?" }         # options with one, and of which kind
//   bundle = false                                                # options are whole words, such as -noout
//   reserved = true                                               # for readers that take care, not for exec_read
//
// A form is a usage line. In it
//   OPTIONS         any number of the rule's options, then -- if wanted
//   UNIT            any other word in capitals: an argument of that kind (word_kind.h). The last may be marked: ? for
//                   none or one, * for any number, + for at least one
//   status|show     anything else: that very word, or one of several
//
// Options are read as GNU getopt_long reads them: -kr is -k -r, -n5 is -n 5, --lines=5 is --lines 5; a kind marked ?
// is a value that only --boot=VALUE or -bVALUE can give. What getopt does beyond that is refused: an option stands
// where the form says, and a long one is written out, for "--vac" is --vacuum-size. With `bundle = false` each option
// is a word of its own, as find, ip and openssl want it.
//
// No argument and no value begins with a dash unless its kind says so. So what we took for a word cannot be an option
// to the program, nor the other way round, as long as the rule tells rightly which options take a value.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/value.h"
#include "guard/word_kind.h"

namespace runbook::guard {

using Kinds = std::map<std::string, WordKind, std::less<>>;

struct FormPart {
  std::vector<std::string> words{};  // one of these; empty for OPTIONS and for an argument
  std::string kind{};                // of an argument
  char mark = ' ';                   // ?, * or +
};

struct CommandRule {
  std::string name{};
  std::string origin{};              // where it stands, for people
  std::vector<std::string> usage{};  // the forms as they were written
  std::vector<std::vector<FormPart>> forms{};
  std::set<std::string, std::less<>> flags{};
  std::map<std::string, std::string, std::less<>> values{};  // option → kind, with ? where the value may be missing
  bool bundle = true;
  bool reserved = false;  // for readers that take care of what it says and where it goes, and not for host.exec_read

  /// Whether one of the forms begins with this program.
  [[nodiscard]] bool is_of(std::string_view program) const;

  /// Holds a command against the forms. argv[0] is the bare name of the program. Nothing when it passes; else the index
  /// of the word that stops the form that came furthest, argv.size() when a word is missing.
  [[nodiscard]] std::optional<std::size_t> stopped_at(std::span<const std::string> argv, const Kinds& kinds) const;
};

/// A rule from its table. kConfig names the key in `where`, or nothing when it is the table itself.
Result<CommandRule> parse_command_rule(std::string_view name, const Value& table, const Kinds& kinds);

}  // namespace runbook::guard

// The command line, parsed. The only file that knows CLI11 is options.cc.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "run/config.h"
#include "safety/gate.h"

namespace runbook::cli {

enum class Output { kText, kJson, kNdjson, kGithub, kSarif };  // the last two for check only

/// What `runbook host enroll` is asked for beside the names.
struct EnrollOptions {
  bool all = false;                       // each host of the inventory
  std::vector<std::string> fingerprints;  // keys that somebody trusts
};

/// What `runbook test` is asked for beside running the worlds.
struct TestOptions {
  bool update = false;          // write the transcripts
  std::string record;           // a run, to be made a world
  std::string as;               // the name of that world
  std::filesystem::path junit;  // where the results go as JUnit XML
};

/// What a new playbook is to be; empty members were not given.
struct NewOptions {
  std::filesystem::path folder;
  std::string summary;
  std::vector<std::string> alerts;
  std::string severity;
  std::string owner;
  std::string kind;
  bool read_only = false;
};

struct Options {
  std::string command;  // "run", "audit verify", …; empty when there is nothing to do but to print `text`
  std::string text;     // help, for stdout
  std::string book;     // BOOK of run, show, check, doctor; RUN of resume, undo, report, evidence, audit export
  std::vector<std::string> more;  // further operands

  run::ConfigOverrides config;
  Output output = Output::kText;
  std::string color = "auto";  // auto, always, never
  bool dry = false;            // -n
  bool by_hand = false;        // show: as commands that a person types
  bool no_input = false;
  bool detailed_exitcode = false;
  std::filesystem::path anchor;    // audit verify: a file of notes
  std::string from;                // audit verify: the log to begin with
  std::filesystem::path exported;  // audit verify: this file in place of the log
  std::filesystem::path to;        // audit export, evidence --export: where to
  bool with_evidence = false;      // audit export
  bool with_findings = false;      // audit export, evidence --export: though something in it looks like a secret
  bool scan = false;               // evidence: look for such things
  bool accept_changed = false;     // resume
  bool strict = false;             // check: warnings count as errors
  std::string mitigate;
  std::string incident;
  safety::FlagAnswer approval;
  std::map<std::string, std::string> inputs;  // -p name=text
  std::map<std::string, std::string> asks;    // -p mitigation.name=text
  TestOptions test;
  NewOptions wish;
  EnrollOptions enroll;
  std::filesystem::path out;             // where types and pages go
  std::chrono::milliseconds since{0};    // --since 2h, for runs
  std::chrono::milliseconds timeout{0};  // --timeout, 0: none
};

/// Parses the arguments. kUsage with the message of what is wrong.
Result<Options> parse_options(int argc, char** argv);

}  // namespace runbook::cli

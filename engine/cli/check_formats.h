// What `runbook check` found, for programs.
//
//   json    one object: {format, exit, errors, warnings, playbooks: [{book, ok, found: [{severity, rule, file, line,
//   message, next}]}]} ndjson  the members of `playbooks`, one on each line github  workflow commands: ::error
//   file=…,line=…,title=…::message, which GitHub shows beside the line sarif   SARIF 2.1.0, as code hosts and editors
//   read it
#pragma once

#include <string>

#include "cli/check_report.h"

namespace runbook::cli {

std::string check_json(const CheckReport& report, int exit);
std::string check_ndjson(const CheckReport& report);
std::string check_github(const CheckReport& report);
std::string check_sarif(const CheckReport& report);

}  // namespace runbook::cli

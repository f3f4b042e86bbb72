// Results of rehearsals as JUnit XML, which CI systems show.
#pragma once

#include <span>
#include <string>

#include "cli/rehearsals.h"

namespace runbook::cli {

/// One <testsuite> for each playbook, one <testcase> for each case; a failure carries its text.
std::string junit_xml(std::span<const Case> cases);

}  // namespace runbook::cli

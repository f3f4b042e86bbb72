// A playbook as a page of commands that a person types: for the day on which this program itself cannot run.
//
// No connection is made, so what a look would find and what a mitigation asks for stands in angle brackets
// (stdlib/outline.lua). A plan that depends on what is found further than that is told as such.
#pragma once

#include <map>
#include <string>

#include "run/asker.h"
#include "run/world.h"

namespace runbook::run {

/// {book, summary, problem, targets: [name], look: [{name, text, command}], findings: [{name, text}], mitigations:
/// [{name, answers, not_while, lacks, hold, warning, problem, steps: [step], checks: [{text, command}], within_ms,
/// holds_ms}]}. A step is {text, before: command, commands, undo: [command], irreversible, loses}, {barrier: [{text,
/// command}]} or {text, expects}. `inputs` and `asks` are what -p gave. Errors as Run::start.
Task<Result<Value>> hand_page(const World& world, std::string book, std::map<std::string, std::string> inputs,
                              std::map<std::string, std::string> asks);

}  // namespace runbook::run

// The commands, one file each (cmd_*.cc). Each returns the exit code; an error is printed by main.
#pragma once

#include "base/error.h"
#include "cli/program.h"

namespace runbook::cli {

/// `live` has no executor in a program that only does dry runs.
Result<int> cmd_run(Program& program, const LiveCode& live);
Result<int> cmd_resume(Program& program, const LiveCode& live);
Result<int> cmd_undo(Program& program, const LiveCode& live);
Result<int> cmd_list(Program& program);
Result<int> cmd_show(Program& program);
Result<int> cmd_by_hand(Program& program);
Result<int> cmd_check(Program& program);
Result<int> cmd_test(Program& program, const LiveCode& live);
Result<int> cmd_new(Program& program, const LiveCode& live);
Result<int> cmd_doc(Program& program, const LiveCode& live);
Result<int> cmd_types(Program& program);
Result<int> cmd_runs(Program& program);
Result<int> cmd_report(Program& program);
Result<int> cmd_evidence(Program& program);
Result<int> cmd_evidence_scan(Program& program);
Result<int> cmd_evidence_export(Program& program);
Result<int> cmd_audit_verify(Program& program);
Result<int> cmd_audit_export(Program& program);
Result<int> cmd_doctor(Program& program);
Result<int> cmd_host_enroll(Program& program);
Result<int> cmd_demo(const Options& options);

/// Parses the command line, runs the command, prints what went wrong. The whole program but for the executor.
int run_program(int argc, char** argv, const LiveCode& live);

}  // namespace runbook::cli

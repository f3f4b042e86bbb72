#include <iostream>

#include "base/version.h"
#include "cli/commands.h"
#include "cli/error_text.h"
#include "cli/json_line.h"
#include "cli/secret_outlet.h"
#include "run/exit.h"

namespace runbook::cli {

namespace {

int print_error(const Error& error, Output output) {
  const int exit = run::exit_of(error);
  if (output == Output::kJson) {
    std::cout << json_line(
        Value::Map{{"format", 1}, {"status", "error"}, {"exit", exit}, {"error", error_value(error)}});
  }
  std::cerr << error_text(error);
  return exit;
}

Result<int> dispatch(Program& program, const LiveCode& live) {
  const auto& command = program.options().command;
  if (command == "run") return cmd_run(program, live);
  if (command == "test") return cmd_test(program, live);
  if (command == "resume") return cmd_resume(program, live);
  if (command == "undo") return cmd_undo(program, live);
  if (command == "list") return cmd_list(program);
  if (command == "show") return program.options().by_hand ? cmd_by_hand(program) : cmd_show(program);
  if (command == "new") return cmd_new(program, live);
  if (command == "doc") return cmd_doc(program, live);
  if (command == "types") return cmd_types(program);
  if (command == "check") return cmd_check(program);
  if (command == "runs") return cmd_runs(program);
  if (command == "report") return cmd_report(program);
  if (command == "evidence") return cmd_evidence(program);
  if (command == "host enroll") return cmd_host_enroll(program);
  if (command == "audit verify") return cmd_audit_verify(program);
  if (command == "audit export") return cmd_audit_export(program);
  return cmd_doctor(program);
}

}  // namespace

int run_program(int argc, char** argv, const LiveCode& live) {
  auto options = parse_options(argc, argv);
  if (!options) return print_error(options.error(), Output::kText);
  if (!options->text.empty()) {
    std::cout << options->text;
    return 0;
  }
  if (options->command == "version") {
    std::cout << "runbook " << kVersion << '\n';
    return 0;
  }
  const auto output = options->output;
  if (options->command == "demo") {
    const auto done = cmd_demo(*options);
    return done ? *done : print_error(done.error(), output);
  }
  auto program = Program::open(std::move(*options));
  if (!program) return print_error(program.error(), output);
  const SecretOutlet out(std::cout, (*program)->secrets());
  const SecretOutlet errors(std::cerr, (*program)->secrets());
  const auto done = dispatch(**program, live);
  return done ? *done : print_error(done.error(), output);
}

}  // namespace runbook::cli

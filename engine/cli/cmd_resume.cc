// resume: an interrupted run goes on.
#include "cli/command_text.h"
#include "cli/commands.h"
#include "cli/operation.h"
#include "run/resume.h"

namespace runbook::cli {

namespace {

Task<Result<run::Ending>> dry(run::Run& run, Operation& operation, std::string interrupted, const Value& began) {
  RUNBOOK_CO_TRY(asker, operation.asker());
  co_return co_await run::resume_dry(run, *asker, interrupted, began);
}

Task<Result<run::Ending>> live(run::Run& run, Operation& operation, const Value& began, bool accept_changed) {
  RUNBOOK_CO_TRY(asker, operation.asker());
  co_return co_await run::resume(run, *asker, began, accept_changed);
}

}  // namespace

Result<int> cmd_resume(Program& program, const LiveCode& live_code) {
  const auto& options = program.options();
  RUNBOOK_TRY(interrupted, run::interrupted_run(program.journal(), options.book));
  if (!options.dry && !live_code.executor) {
    return Error{
        .code = Code::kUsage, .message = "this program does dry runs only", .next = "add --dry-run, or use runbook"};
  }
  Operation operation(program, command_text(options));
  auto world = options.dry ? program.dry_world() : program.live_world(live_code);
  auto request = interrupted.request;
  request.mode = options.dry ? "dry" : "live";
  if (!options.dry) request.resumes = options.book;
  if (!options.dry) {
    RUNBOOK_TRY(records, program.journal().records(options.book));
    operation.recall(std::move(records));
  }
  run::Run run(world, request);
  auto work = options.dry ? dry(run, operation, options.book, interrupted.began)
                          : live(run, operation, interrupted.began, options.accept_changed);
  return operation.carry_through(
      run.session(), std::move(work),
      {.looking = [&run] { return run.stop_looking(); }, .run = [&run] { run.interrupt(); }});
}

}  // namespace runbook::cli

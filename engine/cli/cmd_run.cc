#include "cli/command_text.h"
#include "cli/commands.h"
#include "cli/operation.h"
#include "run/dry_run.h"
#include "run/guided.h"

namespace runbook::cli {

namespace {

run::Request request_of(const Options& options, std::string mode) {
  return {.book = options.book,
          .inputs = options.inputs,
          .asks = options.asks,
          .mode = std::move(mode),
          .incident = options.incident};
}

Task<Result<run::Ending>> dry(run::Run& run, Operation& operation, std::string mitigate, bool& would_change) {
  RUNBOOK_CO_TRY(asker, operation.asker());
  RUNBOOK_CO_CHECK(co_await run.start(*asker));
  RUNBOOK_CO_TRY(done, co_await run::dry_run(run, *asker, mitigate));
  would_change = done.would_change;
  co_return done.ending;
}

Task<Result<run::Ending>> live(run::Run& run, Operation& operation, std::string mitigate) {
  RUNBOOK_CO_TRY(asker, operation.asker());
  RUNBOOK_CO_CHECK(co_await run.start(*asker));
  co_return co_await run::guided_run(run, *asker, mitigate);
}

Operation::Ends ends_of(run::Run& run) {
  return {.looking = [&run] { return run.stop_looking(); }, .run = [&run] { run.interrupt(); }};
}

}  // namespace

Result<int> cmd_run(Program& program, const LiveCode& live_code) {
  const auto& options = program.options();
  Operation operation(program, command_text(options));
  if (options.dry) {
    auto world = program.dry_world();
    run::Run run(world, request_of(options, "dry"));
    bool would_change = false;
    RUNBOOK_TRY(exit, operation.carry_through(run.session(), dry(run, operation, options.mitigate, would_change),
                                              ends_of(run)));
    return exit == 0 && would_change && options.detailed_exitcode ? 10 : exit;
  }
  if (!live_code.executor) {
    return Error{
        .code = Code::kUsage, .message = "this program does dry runs only", .next = "add --dry-run, or use runbook"};
  }
  auto world = program.live_world(live_code);
  run::Run run(world, request_of(options, "live"));
  return operation.carry_through(run.session(), live(run, operation, options.mitigate), ends_of(run));
}

}  // namespace runbook::cli

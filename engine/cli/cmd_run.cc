#include <optional>

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

Task<Result<run::Ending>> live(run::Run& run, Operation& operation, std::string mitigate,
                               std::optional<run::Link>& then) {
  RUNBOOK_CO_TRY(asker, operation.asker());
  RUNBOOK_CO_CHECK(co_await run.start(*asker));
  auto ending = co_await run::guided_run(run, *asker, mitigate);
  if (ending) then = ending->then;
  co_return ending;
}

Operation::Ends ends_of(run::Run& run) {
  return {.looking = [&run] { return run.stop_looking(); }, .run = [&run] { run.interrupt(); }};
}

// One run, and those that the operator goes on with from there. The exit code is that of the last; but where it says
// that nothing was changed, while an earlier one of these runs did, it is that one's.
Result<int> live_runs(Program& program, Operation& operation, const LiveCode& live_code) {
  auto world = program.live_world(live_code);
  auto request = request_of(program.options(), "live");
  auto mitigate = program.options().mitigate;
  bool changed = false;
  for (;;) {
    run::Run run(world, request);
    std::optional<run::Link> then;
    RUNBOOK_TRY(exit, operation.carry_through(run.session(), live(run, operation, mitigate, then), ends_of(run)));
    if (!then) return changed && (exit == 3 || exit == 11) ? 5 : exit;
    changed = changed || exit == 5;
    request = {.book = then->book,
               .inputs = then->inputs,
               .mode = "live",
               .incident = program.options().incident,
               .follows = run.session().id()};
    mitigate.clear();
  }
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
  return live_runs(program, operation, live_code);
}

}  // namespace runbook::cli

#include <iostream>
#include <set>

#include "base/text.h"
#include "cli/command_text.h"
#include "cli/commands.h"
#include "cli/operation.h"
#include "run/undo.h"

namespace runbook::cli {

namespace {

using run::Standing;
using Targets = std::map<std::string, safety::Target, std::less<>>;

Result<Targets> targets_of(const Program& program, const std::vector<Standing>& standing) {
  Targets targets;
  const auto add = [&](const std::string& name, const std::string& url) -> Result<void> {
    RUNBOOK_TRY(target, program.inventory().find(name));
    if (target->url != url) {
      return Error{.code = Code::kRefused,
                   .message = "it was " + escaped(url, 80) + " when that run changed it, and is " +
                              escaped(target->url, 80) + " now",
                   .where = target->name,
                   .next = "undo it with the inventory of then, if that server is still the one"};
    }
    targets.emplace(target->name, *target);
    return {};
  };
  for (const auto& one : standing) {
    if (one.by_hand) continue;
    RUNBOOK_CHECK(add(one.change.target, one.url));
    for (const auto& activation : one.activations) RUNBOOK_CHECK(add(activation.change.target, activation.url));
  }
  return targets;
}

void open_session(run::Session& session, const Options& options, Targets targets) {
  const auto shown = run::targets_value(targets);
  session.open("undo " + options.book, std::move(targets));
  session.begin(Value::Map{{"playbook", "undo"},
                           {"mode", options.dry ? "dry" : "live"},
                           {"undoes", options.book},
                           {"summary", "Takes back what run " + options.book + " changed."},
                           {"operator", run::operator_identity()},
                           {"process", run::process_identity()},
                           {"inputs", Value::Map{{"run", options.book}}},
                           {"targets", shown}});
  session.anchor();
}

Task<Result<run::Ending>> live(run::Session& session, Operation& operation, std::string run,
                               std::vector<Standing> standing, Targets targets) {
  std::set<std::string> sends;  // none yet
  RUNBOOK_CO_CHECK(co_await session.world().know_secrets_of(targets, sends));
  RUNBOOK_CO_TRY(asker, operation.asker());
  co_return co_await run::undo_run(session, *asker, run, standing);
}

Task<Result<run::Ending>> dry(run::Session& session, std::string run, std::vector<Standing> standing, Targets targets) {
  std::set<std::string> sends;  // none yet
  RUNBOOK_CO_CHECK(co_await session.world().know_secrets_of(targets, sends));
  co_return co_await run::undo_dry(session, run, standing);
}

}  // namespace

Result<int> cmd_undo(Program& program, const LiveCode& live_code) {
  const auto& options = program.options();
  RUNBOOK_TRY(standing, run::standing_changes(program.journal(), options.book));
  if (standing.empty()) {
    std::cout << "nothing of run " << escaped(options.book, 60) << " stands changed\n";
    return 0;
  }
  RUNBOOK_TRY(targets, targets_of(program, standing));
  if (!options.dry && !live_code.executor) {
    return Error{
        .code = Code::kUsage, .message = "this program does dry runs only", .next = "add --dry-run, or use runbook"};
  }
  Operation operation(program, command_text(options));
  auto world = options.dry ? program.dry_world() : program.live_world(live_code);
  run::Session session(world);
  open_session(session, options, targets);
  auto work = options.dry ? dry(session, options.book, standing, targets)
                          : live(session, operation, options.book, standing, targets);
  return operation.carry_through(session, std::move(work),
                                 {.looking = [] { return false; }, .run = [&] { session.interrupt(); }});
}

}  // namespace runbook::cli

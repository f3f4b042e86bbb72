// runbook: the program that may change things. The only place where the live executor and the appliers are named.
#include <sys/prctl.h>
#include <sys/resource.h>

#include "cli/commands.h"
#include "live/live_executor.h"
#include "primitive/change/appliers.h"
#include "primitive/spec/change_rows.h"

namespace {

std::unique_ptr<runbook::safety::Executor> make_live_executor(runbook::run::LiveRequest request) {
  return std::make_unique<runbook::live::LiveExecutor>(runbook::live::LiveParts{
      .run = request.parts.run,
      .targets = request.parts.targets,
      .reads = std::move(request.reads),
      .changes = runbook::primitive::find_change_row,
      .appliers = std::move(request.appliers),
      .journal = request.journal,
      .evidence = request.evidence,
      .ledger = request.parts.ledger,
      .keep = request.parts.keep,
      .way = request.parts.way,
  });
}

}  // namespace

int main(int argc, char** argv) {
  // Secrets are in this process: no core file, no debugger of the same user.
  prctl(PR_SET_DUMPABLE, 0);
  const rlimit none{};
  setrlimit(RLIMIT_CORE, &none);
  return runbook::cli::run_program(argc, argv,
                                   {.executor = make_live_executor, .appliers = runbook::primitive::appliers});
}

#include "cli/load_only.h"

#include <boost/asio/co_spawn.hpp>
#include <optional>

#include "run/run.h"

namespace runbook::cli {

Result<run::Playbook> load_playbook(Program& program, const std::string& book) {
  auto world = program.dry_world();
  run::Run run(world, {.book = book, .mode = "load"});
  std::optional<Result<void>> loaded;
  boost::asio::co_spawn(program.loop(), run.load(), [&](std::exception_ptr bug, Result<void> result) {
    if (bug) std::rethrow_exception(bug);
    loaded = std::move(result);
    program.loop().stop();
  });
  program.loop().restart();
  program.loop().run();
  if (!*loaded) return loaded->error();
  return run.playbook();
}

}  // namespace runbook::cli

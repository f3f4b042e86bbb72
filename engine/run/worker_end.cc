#include "run/worker_end.h"

#include <sys/wait.h>

#include <csignal>
#include <utility>

#include "base/text.h"
#include "channel/line_page.h"

namespace runbook::run {

Error runaway(std::string what, std::string line) {
  return {.code = Code::kRunaway, .message = "the playbook " + std::move(what), .where = std::move(line)};
}

Error worker_ended(int status, const WorkerLimits& limits, std::string line) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == channel::kExitMemory) {
    return runaway("needs more than " + bytes_text(static_cast<double>(limits.memory)) + " of memory", std::move(line));
  }
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) {
    return {
        .code = Code::kPlaybook, .message = "the playbook tried what the sandbox forbids", .where = std::move(line)};
  }
  const auto how = WIFSIGNALED(status) ? "by signal " + std::to_string(WTERMSIG(status))
                                       : "with exit code " + std::to_string(WEXITSTATUS(status));
  return {.code = Code::kInternal, .message = "the worker ended " + how, .where = std::move(line)};
}

}  // namespace runbook::run

#include "net/ssh_configs.h"

#include "base/text.h"
#include "net/child.h"

namespace runbook::net {

namespace {

Task<Result<std::shared_ptr<const SshAnswer>>> ask_ssh(Loop loop, SshAddress address) {
  RUNBOOK_CO_TRY(words, ssh_words(address));
  words.insert(words.end(), {"-v", "-G", "--", address.name});
  ChildLimits limits;
  RUNBOOK_CO_TRY(said, co_await run_child(loop, std::move(words), limits));
  if (said.status != 0) co_return Error{Code::kConfig, "ssh does not accept its configuration"};
  RUNBOOK_CO_TRY(answer, ssh_answer(address.name, said.out, said.err));
  co_return std::make_shared<const SshAnswer>(std::move(answer));
}

}  // namespace

Task<Result<SshConfigs::Answer>> SshConfigs::ask(Loop loop, Asked& asked, SshAddress address) {
  if (!asked)
    asked =
        std::make_shared<Once<Answer>>(loop, [loop, address = std::move(address)] { return ask_ssh(loop, address); });
  const auto shared = asked;
  co_return co_await shared->get();
}

// Whatever goes wrong with the answers that are shared: ssh is asked about this host alone, and has the last word.
Task<Result<SshConfig>> SshConfigs::of(Loop loop, SshAddress address) {
  RUNBOOK_CO_TRY(words, ssh_words(address));
  const auto key = join(words, "\n");
  const auto any = co_await ask(loop, any_[key], address);
  if (any && (*any)->name == address.name) co_return (*any)->config;
  const auto shape = any ? (*any)->files.shape(address.name) : std::string();
  if (shape.empty() || key.find('%') != std::string::npos) co_return co_await read_ssh_config(loop, address);
  auto& alike = alike_[key + "\n" + shape];
  if (!alike.first && (*any)->files.shape((*any)->name) == shape) alike.first = any_[key];
  const auto first = co_await ask(loop, alike.first, address);
  if (first && (*first)->name == address.name) co_return (*first)->config;
  const auto second = co_await ask(loop, alike.second, address);
  if (second && (*second)->name == address.name) co_return (*second)->config;
  auto config = first && second ? config_proven_by(**first, **second, address.name) : std::nullopt;
  if (config) co_return std::move(*config);
  co_return co_await read_ssh_config(loop, address);
}

}  // namespace runbook::net

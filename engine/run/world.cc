#include "run/world.h"

namespace runbook::run {

const safety::ReadRow* World::read_row(std::string_view name) const { return safety::row_named(reads, name); }
const safety::ChangeRow* World::change_row(std::string_view name) const { return safety::row_named(changes, name); }

Task<Result<void>> World::know_secrets_of(const std::map<std::string, safety::Target, std::less<>>& targets,
                                          std::set<std::string> must) const {
  if (!know_secrets) co_return Result<void>();
  auto needed = inventory.secrets_of(targets);
  needed.must = std::move(must);
  co_return co_await know_secrets(std::move(needed));
}

}  // namespace runbook::run

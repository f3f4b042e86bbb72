// What a new playbook is to be: said by flags, asked at a terminal, else as usual.
#pragma once

#include "author/new_book.h"
#include "cli/program.h"

namespace runbook::cli {

/// What the flags of `runbook new` say, and for the rest what is usual. kUsage for a name or a kind that cannot be.
Result<author::Wish> wish_of(const Options& options);

/// Asks for what the flags leave open, when there is a terminal and --no-input was not said. kDeclined when the author
/// leaves.
Result<void> ask_what_is_open(Program& program, author::Wish& wish);

}  // namespace runbook::cli

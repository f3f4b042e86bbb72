// Everything that check has to say of one playbook that was inspected.
#pragma once

#include <span>
#include <vector>

#include "lint/diagnostic.h"
#include "lint/inspection.h"
#include "lint/names.h"

namespace runbook::lint {

struct Judgement {
  Diagnostics found{};            // by line
  std::vector<BookLink> links{};  // to other playbooks, which the caller may know
};

/// `books` are the playbooks that it may point to.
Judgement judge(const Inspection& inspection, const Names& books, std::span<const safety::ChangeRow> changes);

}  // namespace runbook::lint

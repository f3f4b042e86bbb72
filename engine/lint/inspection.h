// A playbook as its worker tells it: loaded, its shape known, and every slot tried out by stdlib/inspect.lua.
#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/task.h"
#include "base/value.h"
#include "run/config.h"
#include "run/playbook.h"
#include "run/stdlib.h"
#include "safety/change_row.h"
#include "safety/row.h"

namespace runbook::lint {

/// What checking is done with.
struct Bench {
  boost::asio::io_context& loop;
  const run::Config& config;
  std::filesystem::path worker;
  std::span<const safety::ReadRow> reads;
  std::span<const safety::ChangeRow> changes;
};

/// The tables of primitives as every worker gets them.
struct Tables {
  Value rows;
  Value changes;
};

struct Inspection {
  run::Module source{};
  run::Playbook book{};
  Value told{};                       // what the phase "inspect" gave
  std::vector<run::Module> beside{};  // the modules that it required
};

/// kPlaybook with file and line for one that does not load, kRunaway for one that does not end; kStorage when there is
/// no worker.
Task<Result<Inspection>> inspect(const Bench& bench, const Tables& tables, run::Module source);

}  // namespace runbook::lint

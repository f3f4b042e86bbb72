#include "lint/inspection.h"

#include "run/shelf.h"
#include "run/worker_client.h"

namespace runbook::lint {

namespace {

using run::Module;

// What the engine does for the worker of a check: hands out modules, and reads nothing.
run::Handlers handlers_for(run::Modules& modules, std::vector<Module>& beside) {
  run::Handlers handlers;
  handlers.module = [&modules, &beside](std::string_view name) -> Result<Module> {
    auto served = modules.load(name);
    if (served) beside.push_back(*served);
    return served;
  };
  handlers.call = [](std::string row, std::string, Value, std::uint32_t) -> Task<Result<Value>> {
    co_return Error{.code = Code::kRefused, .message = row + ": nothing is read by a check"};
  };
  handlers.print = [](std::string_view) {};
  return handlers;
}

}  // namespace

Task<Result<Inspection>> inspect(const Bench& bench, const Tables& tables, Module source) {
  Inspection out;
  run::Modules modules(source);
  run::WorkerLimits limits;
  limits.memory = bench.config.worker_memory;
  limits.phase = bench.config.phase_limit;
  auto handlers = handlers_for(modules, out.beside);
  RUNBOOK_CO_TRY(
      worker, co_await run::WorkerClient::start(bench.loop.get_executor(), bench.worker, limits, std::move(handlers)));
  Value body = Value::Map{{"name", std::filesystem::path(source.file).stem().string()},
                          {"file", source.file},
                          {"source", source.source},
                          {"modules", Value::List{"inspect"}},
                          {"rows", tables.rows},
                          {"changes", tables.changes}};
  RUNBOOK_CO_TRY(shape, co_await worker->load(std::move(body)));
  RUNBOOK_CO_TRY(book, run::playbook_from_shape(shape, source.file, source.source));
  Value nothing = Value::Map{};
  RUNBOOK_CO_TRY(told, co_await worker->phase("inspect", std::move(nothing)));
  out.book = std::move(book);
  out.told = std::move(told);
  out.source = std::move(source);
  co_return std::move(out);
}

}  // namespace runbook::lint

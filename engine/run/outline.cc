#include "run/outline.h"

#include "run/rows_value.h"

namespace runbook::run {

namespace {

bool is_stand_in(const Value& value) {
  const auto text = value.text_or("");
  return text.starts_with('<') && text.ends_with('>');
}

}  // namespace

Task<Result<std::unique_ptr<Outline>>> Outline::load(Workbench bench, std::string book) {
  const Shelf shelf(bench.config.playbooks);
  RUNBOOK_CO_TRY(source, shelf.playbook(book));
  std::unique_ptr<Outline> outline(new Outline(std::move(source)));
  auto& modules = outline->modules_;
  Handlers handlers;
  handlers.module = [&modules](std::string_view name) { return modules.load(name); };
  handlers.call = [](std::string row, std::string, Value, std::uint32_t) -> Task<Result<Value>> {
    co_return Error{.code = Code::kRefused, .message = row + ": nothing is read for a page"};
  };
  handlers.print = [](std::string_view) {};
  WorkerLimits limits;
  limits.memory = bench.config.worker_memory;
  limits.phase = bench.config.phase_limit;
  RUNBOOK_CO_TRY(worker, co_await WorkerClient::start(bench.loop, bench.worker, limits, std::move(handlers)));
  outline->worker_ = std::move(worker);
  const auto& [file, text] = outline->source_;
  Value body = Value::Map{{"name", std::filesystem::path(file).stem().string()},
                          {"file", file},
                          {"source", text},
                          {"modules", Value::List{"outline"}},
                          {"rows", rows_value(bench.reads)},
                          {"changes", changes_value(bench.changes)}};
  RUNBOOK_CO_TRY(shape, co_await outline->worker_->load(std::move(body)));
  RUNBOOK_CO_TRY(playbook, playbook_from_shape(shape, file, text));
  outline->book_ = std::move(playbook);
  co_return std::move(outline);
}

Task<Result<Value>> Outline::tell(Value arg, Value given) {
  Value question = Value::Map{{"arg", std::move(arg)}, {"given", std::move(given)}};
  co_return co_await worker_->phase("outline", std::move(question));
}

Result<safety::Change> unseen_change(const safety::ChangeRow& row, const safety::Target& target, const Value& item) {
  safety::Change change{.row = std::string(row.name), .target = target.name, .args = item["args"], .to = item["to"]};
  if (!is_stand_in(change.to)) {
    RUNBOOK_TRY(to, row.normalise(change.args, change.to));
    change.to = to;
  }
  safety::add_declared(row, target, change.args);
  // What an action finds is not what it sets back.
  if (!row.action) change.from = Value("<what it is before>");
  row.describe(change);
  return change;
}

}  // namespace runbook::run

#include "safety/dry_executor.h"

#include "base/text.h"
#include "safety/answer.h"

namespace runbook::safety {

DryExecutor::DryExecutor(primitive::Reach& reach, TargetLookup targets, ReadLookup reads, Redactor& redactor)
    : reach_(reach), targets_(std::move(targets)), reads_(std::move(reads)), redactor_(redactor) {}

namespace {

Error not_given(std::string_view name) {
  return {.code = Code::kRefused,
          .message = "this run was not given the target " + escaped(name, 60),
          .next = "targets come from the playbook's inputs"};
}

Result<Value> with_targets(const ReadRow& row, const Call& call, const TargetLookup& targets) {
  auto args = call.args;
  for (const auto& spec : row.args) {
    const auto name = call.args[spec.name].text_or("");
    if (spec.type != ArgType::kTarget || name.empty()) continue;
    const auto* target = targets(name);
    if (target == nullptr) return not_given(name);
    args[spec.name] =
        Value::Map{{"name", target->name}, {"kind", target->kind}, {"url", target->url}, {"seen_as", target->seen_as}};
  }
  return args;
}

}  // namespace

Result<AdmittedRead> admit_read(const Call& call, const TargetLookup& targets, const ReadLookup& reads) {
  const auto* row = reads(call.row);
  if (row == nullptr) {
    return Error{.code = Code::kRefused, .message = escaped(call.row, 60) + " is no reader", .where = call.target};
  }
  const auto* target = targets(call.target);
  if (target == nullptr) {
    return not_given(call.target);
  }
  if (row->kind != "*" && row->kind != target->kind) {
    return Error{.code = Code::kUsage,
                 .message = call.row + " reads a " + std::string(row->kind) + "; " + target->name + " is of kind " +
                            target->kind,
                 .where = target->name};
  }
  RUNBOOK_CHECK(check_args(call.row, row->args, call.args));
  RUNBOOK_TRY(args, with_targets(*row, call, targets));
  return AdmittedRead{.row = row, .target = target, .args = std::move(args)};
}

Task<Result<Value>> DryExecutor::invoke(const Call& call) {
  RUNBOOK_CO_TRY(read, admit_read(call, targets_, reads_));
  auto answer = co_await read.row->read(reach_, *read.target, read.args);
  co_return admit_answer(redactor_, *read.row, call, std::move(answer));
}

Task<Result<Outcome>> DryExecutor::invoke(const Plan& /*plan*/, const Approval& /*approval*/, std::size_t /*item*/) {
  co_return Error{.code = Code::kRefused, .message = "a dry run changes nothing"};
}

}  // namespace runbook::safety

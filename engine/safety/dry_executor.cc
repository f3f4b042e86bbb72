#include "safety/dry_executor.h"

#include "base/text.h"
#include "safety/answer.h"

namespace runbook::safety {

DryExecutor::DryExecutor(primitive::Reach& reach, TargetLookup targets, ReadLookup reads, Redactor& redactor)
    : reach_(reach), targets_(std::move(targets)), reads_(std::move(reads)), redactor_(redactor) {}

Result<AdmittedRead> admit_read(const Call& call, const TargetLookup& targets, const ReadLookup& reads) {
  const auto* row = reads(call.row);
  if (row == nullptr) {
    return Error{.code = Code::kRefused, .message = escaped(call.row, 60) + " is no reader", .where = call.target};
  }
  const auto* target = targets(call.target);
  if (target == nullptr) {
    return Error{.code = Code::kRefused,
                 .message = "this run was not given the target " + escaped(call.target, 60),
                 .next = "targets come from the playbook's inputs"};
  }
  if (row->kind != "*" && row->kind != target->kind) {
    return Error{.code = Code::kUsage,
                 .message = call.row + " reads a " + std::string(row->kind) + "; " + target->name + " is of kind " +
                            target->kind,
                 .where = target->name};
  }
  RUNBOOK_CHECK(check_args(call.row, row->args, call.args));
  return AdmittedRead{.row = row, .target = target};
}

Task<Result<Value>> DryExecutor::invoke(const Call& call) {
  RUNBOOK_CO_TRY(read, admit_read(call, targets_, reads_));
  auto answer = co_await read.row->read(reach_, *read.target, call.args);
  co_return admit_answer(redactor_, *read.row, call, std::move(answer));
}

Task<Result<Outcome>> DryExecutor::invoke(const Plan& /*plan*/, const Approval& /*approval*/, std::size_t /*item*/) {
  co_return Error{.code = Code::kRefused, .message = "a dry run changes nothing"};
}

}  // namespace runbook::safety

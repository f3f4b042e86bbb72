// Reads only. This class, and the libraries that a dry program links, know no way to change anything.
#pragma once

#include <functional>

#include "base/redaction/redactor.h"
#include "safety/executor.h"
#include "safety/row.h"

namespace runbook::safety {

/// The read row of that name; null when there is none.
using ReadLookup = std::function<const ReadRow*(std::string_view name)>;

/// A call that names a read row, and a target of its kind that this run was given, with arguments that fit.
struct AdmittedRead {
  const ReadRow* row = nullptr;
  const Target* target = nullptr;
  Value args{};  // those of the call, with what is known of the targets that they name
};
/// kRefused, kUsage for any other call.
Result<AdmittedRead> admit_read(const Call& call, const TargetLookup& targets, const ReadLookup& reads);

class DryExecutor final : public Executor {
 public:
  /// Reach and redactor must outlive it.
  DryExecutor(primitive::Reach& reach, TargetLookup targets, ReadLookup reads, Redactor& redactor);

  Task<Result<Value>> invoke(const Call& call) override;
  /// Always kRefused: a dry run changes nothing.
  Task<Result<Outcome>> invoke(const Plan& plan, const Approval& approval, std::size_t item) override;

 private:
  primitive::Reach& reach_;
  TargetLookup targets_;
  ReadLookup reads_;
  Redactor& redactor_;
};

/// Checks a table of named arguments against a row's specification. kUsage with the row, the argument, what was
/// expected and the nearest known name.
Result<void> check_args(std::string_view row, std::span<const ArgSpec> specs, const Value& args);

}  // namespace runbook::safety

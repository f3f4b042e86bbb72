#include "safety/answer.h"

#include <utility>

namespace runbook::safety {

Result<Value> admit_answer(Redactor& redactor, const ReadRow& row, const Call& call, Result<Value> answer) {
  if (!answer) return redactor.clean(std::move(answer).error());
  if (!row.verbatim) return redactor.clean(*answer, call.args);
  const auto secret = redactor.net().found_in(*answer);
  if (!secret) return answer;
  return Error{.code = Code::kRefused,
               .message = "what " + call.text() + " answers holds the secret " + *secret +
                          "; it would have to be kept as it is, and a secret is never kept",
               .where = call.target,
               .next = "see to it by hand"};
}

namespace {

Task<Result<void>> apply_cleanly(const Applier& applier, Redactor& redactor, const Target& target, const Change& change,
                                 const guard::Permit& permit) {
  auto done = co_await applier.apply(target, change, permit);
  if (!done) co_return redactor.clean(std::move(done).error());
  co_return done;
}

}  // namespace

std::vector<Applier> with_clean_errors(std::vector<Applier> appliers, Redactor& redactor) {
  std::vector<Applier> out;
  for (auto& applier : appliers) {
    const auto row = applier.row;
    out.push_back({.row = row,
                   .apply = [inner = std::move(applier), &redactor](const Target& target, const Change& change,
                                                                    const guard::Permit& permit) {
                     return apply_cleanly(inner, redactor, target, change, permit);
                   }});
  }
  return out;
}

}  // namespace runbook::safety

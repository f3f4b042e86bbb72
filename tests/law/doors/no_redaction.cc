// Stands in for the function of safety/answer.h: what a target says comes in as it is.
#include "safety/answer.h"

namespace runbook::safety {
Result<Value> admit_answer(Redactor& /*redactor*/, const ReadRow& /*row*/, const Call& /*call*/, Result<Value> answer) {
  return answer;
}
}  // namespace runbook::safety

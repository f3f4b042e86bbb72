#include "safety/answer.h"

#include <memory>
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

Task<Result<std::string>> fill_cleanly(const Applier& applier, Redactor& redactor, const Target& target,
                                       const Change& change, const Value& word) {
  auto filled = co_await applier.fill(target, change, word);
  if (!filled) co_return redactor.clean(std::move(filled).error());
  co_return filled;
}

// The whole of it is cleaned before anybody cuts it: half a secret would not be known for one.
Task<Result<Sent>> begin_cleanly(const Ready& ready, Redactor& redactor) {
  auto sent = co_await ready.begin();
  if (!sent) co_return redactor.clean(std::move(sent).error());
  const Value said = sent->said;
  sent->said = redactor.clean(said, Value()).text_or("");
  co_return sent;
}

Task<Result<Ready>> make_ready_cleanly(const Applier& applier, Redactor& redactor, const Target& target,
                                       const Change& change, const guard::Permit& permit) {
  auto made = co_await applier.make_ready(target, change, permit);
  if (!made) co_return redactor.clean(std::move(made).error());
  const auto inner = std::make_shared<const Ready>(std::move(*made));
  co_return Ready{.handle = inner->handle, .begin = [inner, &redactor] { return begin_cleanly(*inner, redactor); }};
}

}  // namespace

std::vector<Applier> with_clean_answers(std::vector<Applier> appliers, Redactor& redactor) {
  std::vector<Applier> out;
  for (auto& applier : appliers) {
    const auto inner = std::make_shared<const Applier>(std::move(applier));
    Applier clean{.row = inner->row};
    if (inner->apply) {
      clean.apply = [inner, &redactor](const Target& target, const Change& change, const guard::Permit& permit) {
        return apply_cleanly(*inner, redactor, target, change, permit);
      };
    }
    if (inner->make_ready) {
      clean.make_ready = [inner, &redactor](const Target& target, const Change& change, const guard::Permit& permit) {
        return make_ready_cleanly(*inner, redactor, target, change, permit);
      };
    }
    if (inner->fill) {
      clean.fill = [inner, &redactor](const Target& target, const Change& change, const Value& word) {
        return fill_cleanly(*inner, redactor, target, change, word);
      };
    }
    out.push_back(std::move(clean));
  }
  return out;
}

}  // namespace runbook::safety

#include "safety/answer.h"

#include "audit_fixture.h"
#include "catch.h"
#include "support/loop.h"
#include "support/permit_of.h"

using namespace runbook;
using namespace runbook::safety;

namespace {

const std::vector<Secret> kSecrets{{.name = "CACHE", .value = "correct-horse"}};

constexpr ReadRow kDump{
    .name = "fake.dump", .kind = "fake", .args = {}, .doc = "", .returns = "", .read = nullptr, .verbatim = true};
constexpr ReadRow kText{.name = "fake.text", .kind = "fake", .args = {}, .doc = "", .returns = "", .read = nullptr};

}  // namespace

TEST_CASE("an answer and an error come in clean") {
  const SecretNet net(kSecrets);
  Redactor redactor(net);
  const Call call{.row = "fake.text", .target = "thing", .args = Value()};
  CHECK(admit_answer(redactor, kText, call, Value("a correct-horse password=x1y2z3")).value() ==
        Value("a ‹secret:CACHE› password=‹redacted:1›"));
  const auto error = admit_answer(redactor, kText, call, Error{.code = Code::kRemote, .message = "no correct-horse"});
  CHECK(error.error().message == "no ‹secret:CACHE›");
}

TEST_CASE("bytes that a way back needs come in as they are, or not at all") {
  const SecretNet net(kSecrets);
  Redactor redactor(net);
  const Call call{.row = "fake.dump", .target = "thing", .args = Value()};
  CHECK(admit_answer(redactor, kDump, call, Value("password=x1y2z3")).value() == Value("password=x1y2z3"));
  const auto refused = admit_answer(redactor, kDump, call, Value("\x01\x02 correct-horse \xff"));
  CHECK(refused.error().code == Code::kRefused);
  CHECK(refused.error().message.find("holds the secret CACHE") != std::string::npos);
}

TEST_CASE("what a target says of a change comes in clean") {
  const SecretNet net(kSecrets);
  Redactor redactor(net);
  test::TestLoop loop;
  const auto fail = [](const Target&, const Change&, const guard::Permit&) -> Task<Result<void>> {
    co_return Error{.code = Code::kRemote, .message = "ERR not correct-horse"};
  };
  const auto appliers = with_clean_answers({{.row = "fake.set", .apply = fail}}, redactor);
  const auto permit = test::permit_of({});
  CHECK(appliers.front().row == "fake.set");
  CHECK(loop.run(appliers.front().apply(Target{}, Change{}, permit)).error().message == "ERR not ‹secret:CACHE›");
}

TEST_CASE("no record holds a secret, and an INTENT that would is not written") {
  const SecretNet net(kSecrets);
  test::AuditState at;
  const auto journal = at.open();
  journal->keep_out(net);
  const Value told = Value::Map{{"text", "use correct-horse"}};
  CHECK(journal->append("r-1", "VERDICT", told).value().data["text"] == Value("use ‹secret:CACHE›"));
  const auto refused = journal->append_intent("r-1", told);
  CHECK(refused.error().code == Code::kRefused);
  CHECK(refused.error().message.find("the secret CACHE") != std::string::npos);
  CHECK(journal->records("r-1").value().size() == 1);
  CHECK(journal->append_intent("r-1", Value::Map{{"text", "use it"}}).has_value());
}

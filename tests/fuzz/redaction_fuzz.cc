// Secrets in text: of none is any form left, however the text is cut; what holds none passes as it is.
#include <algorithm>

#include "base/redaction/redactor.h"
#include "base/redaction/secret_forms.h"
#include "base/redaction/structure.h"
#include "driver.h"

namespace {

using namespace runbook;

// A byte that stands in no secret: behind it no form goes on.
constexpr char kEnd = '\x01';

std::string streamed(const SecretNet& net, std::string_view text, std::size_t one, std::size_t other) {
  SecretNet::Stream stream(net);
  const auto first = std::min(one, text.size());
  const auto second = std::max(first, std::min(other, text.size()));
  auto out = stream.feed(text.substr(0, first));
  out += stream.feed(text.substr(first, second - first));
  out += stream.feed(text.substr(second));
  return out += stream.finish();
}

void check_net(const std::string& secret, const std::string& text, std::size_t where) {
  const SecretNet net(std::vector<Secret>{{.name = "S", .value = secret}});
  const auto forms = forms_of(secret);
  const auto holds_one = [&](const std::string& in) {
    return std::any_of(forms.begin(), forms.end(),
                       [&](const auto& form) { return in.find(form) != std::string::npos; });
  };
  if (!holds_one(text) && streamed(net, text + kEnd, where, where) != text + kEnd) std::abort();
  auto told = text;
  told.insert(where % (text.size() + 1), forms[where % forms.size()]);
  const auto shown = streamed(net, told, 0, 0);
  if (holds_one(shown) || holds_one(net.hide(told)) || !net.found_in(Value(told))) std::abort();
  for (std::size_t step = 1; step < told.size(); step += 1 + told.size() / 8) {
    if (streamed(net, told, step, step + where % 7) != shown) std::abort();
  }
}

void check_structure(std::string_view text) {
  bool within_key = false;
  std::size_t at = 0;
  for (const auto& span : hidden_spans(text, within_key)) {
    if (span.begin < at || span.end <= span.begin || span.end > text.size()) std::abort();
    at = span.end;
  }
}

// What stands in a secret's place must not hold it, which run/secret_values.h refuses, and text beside that must not
// make one with it, which only half a character at its edge could.
bool grows_together_with_mark(std::string_view secret) {
  constexpr std::string_view kOpening = "‹";
  constexpr std::string_view kClosing = "›";
  for (std::size_t length = 1; length <= kOpening.size(); ++length) {
    if (secret.ends_with(kOpening.substr(0, length)) || secret.starts_with(kClosing.substr(kClosing.size() - length)))
      return true;
  }
  return secret_mark("S").find(secret) != std::string::npos || secret.find(kOpening) != std::string::npos ||
         secret.find(kClosing) != std::string::npos;
}

// The secret, and behind a line end the text. What it begins with says where in the text a form is put.
void run(std::string_view input) {
  check_structure(input);
  const auto end = std::min(input.find('\n'), input.size());
  std::string secret(input.substr(0, std::min<std::size_t>(end, 64)));
  std::erase(secret, kEnd);
  if (secret.size() < kShortestSecret || grows_together_with_mark(secret)) return;
  check_net(secret, std::string(input.substr(std::min(end + 1, input.size()))),
            static_cast<unsigned char>(secret[0]) * 131U);
}

const std::vector<std::string> kCorpus = {
    "correct-horse\nplain text of a log, and correct-horsf with correct-hors",
    "aaaaaaaaaaaa\naaaaaaaaaaabaaaaaaaaaaaaaaaaaaaaaaa",
    "it's \"5 & 6\"/\\<\xc3\xbc>%$x`\n{\"password\": \"it's\", \"url\": \"redis://:pw@host/0\"} PGPASSWORD='x y' psql",
    "pass word%20+/=\nDB_PASSWORD=abc\nAuthorization: Bearer abc.def\nCookie: a=b; c=d\npostgres://u:p@h:5/d?x=y",
    "\xff\xfe\x00\x80 binary\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- "
    "AKIAIOSFODNN7EXAMPLE",
    "abababab\nabababababab eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln ghp_0123456789abcdefghijABCDEFGHIJ012345 abab…",
};

}  // namespace

int main(int argc, char** argv) { return fuzz::fuzz_main(argc, argv, kCorpus, run); }

#include "base/redaction/secret_net.h"

#include <random>

#include "base/json.h"
#include "base/redaction/secret_forms.h"
#include "base/text.h"
#include "catch.h"

using namespace runbook;

namespace {

const std::string kTricky = "it's \"5 & 6\"/\\<ü>%\n$x`";

std::string streamed(const SecretNet& net, std::string_view text, std::size_t cut) {
  SecretNet::Stream stream(net);
  auto out = stream.feed(text.substr(0, cut));
  out += stream.feed(text.substr(cut));
  return out += stream.finish();
}

std::string random_bytes(std::mt19937_64& random, std::size_t size) {
  std::string out;
  while (out.size() < size) out += static_cast<char>(random() % 256);
  return out;
}

}  // namespace

TEST_CASE("a secret is found as other programs write it") {
  const SecretNet net(std::vector<Secret>{{.name = "DB", .value = kTricky}});
  const auto hidden = [&](const std::string& form) { return net.hide("before " + form + " after"); };
  for (const std::string form : {
           kTricky.c_str(),
           R"(it's \"5 & 6\"/\\<ü>%\n$x`)",                              // JSON
           R"(it's \"5 & 6\"\/\\<\u00fc>%\n$x`)",                        // of PHP
           R"(it's \"5 & 6\"/\\<\u00FC>%\n$x`)",                         // in ASCII
           R"(it's \\\"5 & 6\\\"/\\\\<ü>%\\n$x`)",                       // JSON in JSON
           "it%27s%20%225%20%26%206%22%2F%5C%3C%C3%BC%3E%25%0A%24x%60",  // URL
           "it%27s%20%225%20%26%206%22%2f%5c%3c%c3%bc%3e%25%0a%24x%60",  // lower case
           "it%27s%20%225%20%26%206%22/%5C%3C%C3%BC%3E%25%0A%24x%60",    // Python's quote
           "it%27s+%225+%26+6%22%2F%5C%3C%C3%BC%3E%25%0A%24x%60",        // a form
           "it's%20%225%20%26%206%22%2F%5C%3C%C3%BC%3E%25%0A%24x%60",    // JavaScript's encodeURIComponent
           "6974277320223520262036222f5c3cc3bc3e250a247860",             // hex
           "6974277320223520262036222F5C3CC3BC3E250A247860",
           "it&#39;s &#34;5 &amp; 6&#34;/\\&lt;ü&gt;%\n$x`",     // Go's html
           "it&#x27;s &quot;5 &amp; 6&quot;/\\&lt;ü&gt;%\n$x`",  // Python's html
       }) {
    CAPTURE(form);
    CHECK(hidden(form) == "before ‹secret:DB› after");
  }
  CHECK(hidden("'it'\\''s \"5 & 6\"/\\<ü>%\n$x`'") == "before '‹secret:DB›' after");            // shell
  CHECK(hidden("'it'\"'\"'s \"5 & 6\"/\\<ü>%\n$x`'") == "before '‹secret:DB›' after");          // Python's shlex
  CHECK(hidden("\"it's \\\"5 & 6\\\"/\\\\<ü>%\n\\$x\\`\"") == "before \"‹secret:DB›\" after");  // in double quotes
}

TEST_CASE("a secret is found in base64 at each of the three places it may have in a word") {
  const SecretNet net(std::vector<Secret>{{.name = "DB", .value = "cor?ect>horse~~"}});
  for (std::size_t before = 0; before < 3; ++before) {
    for (std::size_t after = 0; after < 3; ++after) {
      auto encoded = to_base64(std::string(before, '\xff') + "cor?ect>horse~~" + std::string(after, '\xfe'));
      const auto shown = net.hide(encoded);
      CHECK(shown.find("‹secret:DB›") != std::string::npos);
      CHECK(shown.size() <= std::string("‹secret:DB›").size() + 9);
      for (auto& c : encoded) c = c == '+' ? '-' : c == '/' ? '_' : c;
      CHECK(net.hide(encoded).find("‹secret:DB›") != std::string::npos);
    }
  }
}

TEST_CASE("every form is found at every cut of a stream, and the cut makes no difference") {
  const SecretNet net(std::vector<Secret>{{.name = "A", .value = kTricky}, {.name = "B", .value = "correct-horse"}});
  for (const auto& secret : {kTricky, std::string("correct-horse")}) {
    for (const auto& form : forms_of(secret)) {
      const auto text = "correct-h " + form + "corr";
      const auto whole = streamed(net, text, 0);
      CAPTURE(form, whole);
      REQUIRE(whole.find(form) == std::string::npos);
      for (std::size_t cut = 1; cut < text.size(); ++cut) REQUIRE(streamed(net, text, cut) == whole);
    }
  }
}

TEST_CASE("a stream shows at once what cannot become a secret") {
  const SecretNet net(std::vector<Secret>{{.name = "A", .value = "correct-horse"}});
  SecretNet::Stream stream(net);
  CHECK(stream.feed("plain text\nco") == "plain text\n");
  CHECK(stream.feed("rrect-ho") == "");
  CHECK(stream.feed("use") == "correct-house");
  CHECK(stream.finish() == "");
}

TEST_CASE("each line of a secret of several lines is one, but not the first line of a PEM block") {
  const SecretNet net(std::vector<Secret>{
      {.name = "KEY", .value = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n  kqhkiG9w0BAQ\nshort\n"}});
  CHECK(net.hide("x MIIEvQIBADANBg y") == "x ‹secret:KEY› y");
  CHECK(net.hide("kqhkiG9w0BAQ") == "‹secret:KEY›");
  CHECK(net.hide("-----BEGIN PRIVATE KEY----- short") == "-----BEGIN PRIVATE KEY----- short");
}

TEST_CASE("of secrets that begin alike the longer one counts, and overlapping ones leave nothing of either") {
  const SecretNet net(std::vector<Secret>{{.name = "SHORT", .value = "password"},
                                          {.name = "LONG", .value = "password-of-prod"},
                                          {.name = "LAPS", .value = "of-prod-and-more"}});
  CHECK(net.hide("password password-of-prod!") == "‹secret:SHORT› ‹secret:LONG›!");
  CHECK(net.hide("[password-of-prod-and-more]") == "[‹secret:LONG›]");
}

TEST_CASE("half of a secret is enough where a text ends or was cut") {
  const SecretNet net(std::vector<Secret>{{.name = "URL", .value = "postgres://u:secret-word@h/db"}});
  CHECK(net.hide("postgres://u:se") == "‹secret:URL›");
  CHECK(net.hide("it said postgres://u:secret-wo… and more") == "it said ‹secret:URL›… and more");
  CHECK(net.hide("postgres://u:secret-wo... (7 more bytes)") == "‹secret:URL›... (7 more bytes)");
  CHECK(net.hide("a driver for postgres") == "a driver for postgres");
  CHECK(net.hide("postgres://u:secret-wo is another") == "postgres://u:secret-wo is another");
}

TEST_CASE("texts, keys and lists of a value are searched, and numbers stay numbers unless one is a secret") {
  const SecretNet net(std::vector<Secret>{{.name = "A", .value = "12345678"}});
  const Value value = Value::Map{{"k 12345678", Value::List{"x12345678y", 12345679, true, Value()}}};
  CHECK(to_json(net.hide_in(value)) == "{\"k ‹secret:A›\":[\"x‹secret:A›y\",12345679,true,null]}");
  CHECK(net.hide_in(Value(12345678)) == Value("‹secret:A›"));
  CHECK(net.found_in(value).value() == "A");
  CHECK_FALSE(net.found_in(Value(Value::List{"1234567", 12345679})));
}

TEST_CASE("of random secrets in random text nothing is left, and everything else stays") {
  std::mt19937_64 random(4711);
  for (int turn = 0; turn < 60; ++turn) {
    std::vector<Secret> secrets;
    for (int i = 0; i < 4; ++i)
      secrets.push_back({.name = "S" + std::to_string(i), .value = random_bytes(random, 8 + random() % 40)});
    const SecretNet net(secrets);
    std::string text;
    std::string expected;
    for (int i = 0; i < 6; ++i) {
      const auto plain = random_bytes(random, random() % 30) + "|";
      const auto which = random() % 4;
      const auto forms = forms_of(secrets[which].value);
      text += plain + forms[random() % forms.size()] + "|";
      expected += plain + "‹secret:S" + std::to_string(which) + "›|";
    }
    CHECK(net.hide(text) == expected);
    CHECK(streamed(net, text, random() % text.size()) == expected);
  }
}

TEST_CASE("who declares no secret gets everything as it is") {
  CHECK(SecretNet().hide("anything at all") == "anything at all");
  CHECK(streamed(SecretNet(), "anything at all", 5) == "anything at all");
}

TEST_CASE("what is learned later is hidden from then on, also in what a stream still holds") {
  SecretNet net(std::vector<Secret>{{.name = "OLD", .value = "correct-horse"}});
  SecretNet::Stream stream(net);
  auto shown = stream.feed("x correct-h");
  net.learn({.name = "NEW", .value = "horse-battery"});
  shown += stream.feed("orse and a horse-bat");
  shown += stream.feed("tery");
  shown += stream.finish();
  CHECK(shown == "x ‹secret:OLD› and a ‹secret:NEW›");
  CHECK(net.hide("correct-horse, horse-battery") == "‹secret:OLD›, ‹secret:NEW›");
}

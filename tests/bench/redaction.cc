// How long 1 MiB of what a server says takes through the door, with 100 declared secrets: {"door_ms": …, "net_ms": …,
// "sha256_ms": …, "forms": …}.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/redaction/redactor.h"
#include "base/redaction/secret_forms.h"

using namespace runbook;

namespace {

constexpr std::size_t kSize = 1U << 20U;

template <class Work>
double best_ms(const Work& work) {
  double best = 1e9;
  for (int turn = 0; turn < 9; ++turn) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
  }
  return best;
}

}  // namespace

int main() {
  std::mt19937_64 random(1);
  static constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/+'\"&%";
  std::vector<Secret> secrets;
  std::size_t forms = 0;
  for (int i = 0; i < 100; ++i) {
    std::string value;
    while (value.size() < 16 + random() % 32) value += kLetters[random() % kLetters.size()];
    forms += forms_of(value).size();
    secrets.push_back({.name = "S" + std::to_string(i), .value = value});
  }
  std::string text;
  while (text.size() < kSize) {
    text += "2026-11-20T23:31:07.412Z level=info msg=\"request done\" method=GET path=/api/v1/items/" +
            std::to_string(random() % 100000) + " status=200 took_ms=" + std::to_string(random() % 900) +
            " trace=" + std::to_string(random()) + " {\"user\": \"u" + std::to_string(random() % 999) + "\"}\n";
    if (random() % 100 == 0) text += "dsn=postgres://app:" + secrets[random() % 100].value + "@db:5432/app\n";
  }
  text.resize(kSize);
  const SecretNet net(secrets);
  Redactor redactor(net);
  std::size_t used = 0;
  const auto door = best_ms([&] { used += redactor.clean(Value(text), Value()).text_or("").size(); });
  const auto netted = best_ms([&] { used += net.hide(text).size(); });
  const auto hashed = best_ms([&] { used += sha256(text).size(); });
  std::printf("{\"door_ms\": %.3f, \"net_ms\": %.3f, \"sha256_ms\": %.3f, \"forms\": %zu, \"used\": %zu}\n", door,
              netted, hashed, forms, used);
  return 0;
}

// A fuzzer that needs no special compiler: takes inputs of a corpus, damages them, and feeds them to a function that
// must neither crash nor break a property (std::abort). Deterministic: the same budget and seed run the same inputs.
//
//   fuzz-NAME [INPUTS [SEED]]
//
// With RUNBOOK_BUDGET in the environment it runs for that many seconds instead, however many inputs that are.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace runbook::fuzz {

using Random = std::mt19937_64;

inline std::size_t below(Random& random, std::size_t bound) { return bound == 0 ? 0 : random() % bound; }

/// One random damage: a bit, a byte, a piece removed, doubled, taken from another input, or the end cut off.
inline void damage(std::string& input, const std::string& other, Random& random) {
  static constexpr char kTelling[] = {'\0', '\n', '\r',   '"',    '\\',   '{', '[', '0',
                                      '9',  '-',  '\x7f', '\x80', '\xff', '$', ':', ','};
  const auto at = below(random, input.size() + 1);
  const auto length = below(random, std::min<std::size_t>(input.size() - at + 1, 64));
  switch (below(random, 8)) {
    case 0:
      if (at < input.size())
        input[at] = static_cast<char>(static_cast<unsigned char>(input[at]) ^ (1U << below(random, 8)));
      break;
    case 1:
      if (at < input.size()) input[at] = kTelling[below(random, sizeof kTelling)];
      break;
    case 2:
      input.insert(at, 1, kTelling[below(random, sizeof kTelling)]);
      break;
    case 3:
      input.insert(at, 1, static_cast<char>(below(random, 256)));
      break;
    case 4:
      input.erase(at, length);
      break;
    case 5:
      input.insert(at, std::string(input, at, length));
      break;
    case 6: {
      const auto from = below(random, other.size() + 1);
      input.insert(at, other, from, below(random, 64));
      break;
    }
    default:
      input.resize(at);
  }
}

/// The input in hand. When it breaks something it is written to stderr as it is: pipe it into a file and into the
/// corpus.
inline std::string_view in_hand;

inline void give_input_away(int signal) {
  if (write(STDERR_FILENO, in_hand.data(), in_hand.size()) < 0) std::_Exit(1);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

inline int fuzz_main(int argc, char** argv, const std::vector<std::string>& corpus,
                     const std::function<void(std::string_view)>& run) {
  const std::size_t budget = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  Random random(argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1);
  const char* seconds = std::getenv("RUNBOOK_BUDGET");
  const auto end = std::chrono::steady_clock::now() +
                   std::chrono::seconds(seconds == nullptr ? 0 : std::strtoul(seconds, nullptr, 10));
  for (const int fatal : {SIGABRT, SIGSEGV, SIGFPE, SIGBUS}) std::signal(fatal, give_input_away);
  const auto try_one = [&run](const std::string& input) {
    in_hand = input;
    run(input);
  };
  for (const auto& input : corpus) try_one(input);
  std::size_t damaged = 0;
  for (; seconds == nullptr ? damaged < budget : std::chrono::steady_clock::now() < end; ++damaged) {
    auto input = corpus[below(random, corpus.size())];
    for (auto damages = 1 + below(random, 8); damages > 0; --damages) {
      damage(input, corpus[below(random, corpus.size())], random);
    }
    try_one(input);
  }
  std::printf("%zu inputs\n", corpus.size() + damaged);
  return 0;
}

}  // namespace runbook::fuzz

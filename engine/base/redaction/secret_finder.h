// Finds thousands of byte strings in a text at once.
//
// The method of Wu and Manber: a table says for each three bytes how far the search may jump because no form has them
// where the window ends. All forms have at least eight bytes, so most jumps are six; 1,300 forms of 50 secrets are
// looked for at about 1 GB/s. Rejected: Aho-Corasick, whose automaton for as many forms is 38 MB and misses the cache
// with each byte; Hyperscan (vectorscan in Debian), a library of 5 MB for what these hundred lines do.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace runbook {

class SecretFinder {
 public:
  struct Form {
    std::string bytes;       // at least kShortestSecret
    std::size_t secret = 0;  // whose it is
    bool operator<(const Form& other) const { return bytes < other.bytes; }
  };
  /// A run of bytes that forms cover; where they overlap, one run, named for the first.
  struct Found {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t secret = 0;
  };

  explicit SecretFinder(std::vector<Form> forms);

  /// The first run at or behind `from`.
  [[nodiscard]] std::optional<Found> find(std::string_view text, std::size_t from) const;

  /// The longest end of the text, begun at or behind `from`, that a form begins with and goes on.
  struct Begun {
    std::size_t at = 0;
    std::size_t secret = 0;
  };
  /// With more text it might be one.
  [[nodiscard]] std::optional<Begun> begun(std::string_view text, std::size_t from) const;
  /// As it stands it tells at least half of the secret, and no less than kShortestSecret: somebody cut the text there.
  [[nodiscard]] std::optional<Begun> cut_off(std::string_view text, std::size_t from) const;

 private:
  [[nodiscard]] const Form* longest_at(std::string_view text, std::size_t at) const;
  [[nodiscard]] const Form* longer_than(std::string_view beginning) const;
  [[nodiscard]] std::size_t first_open(std::string_view text, std::size_t from) const;

  std::vector<Form> forms_;  // sorted
  std::vector<std::uint8_t> jumps_;
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> by_beginning_;
  std::size_t longest_ = 0;
};

}  // namespace runbook

// Keeps the values of declared secrets out of whatever passes through it: each form of one becomes ‹secret:NAME›.
//
// It knows nothing of what the text means, so it can stand anywhere, and what holds no secret passes byte for byte.
// What it finds does not depend on how the text came: a stream holds back what may be the beginning of a form. Where a
// text ends, or was cut with an ellipsis, half of a form is enough, for servers and readers cut long values.
//
// It learns: a secret that is read late is known to everybody who holds the net before anybody can use it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/redaction/secret_finder.h"
#include "base/value.h"

namespace runbook {

struct Secret {
  std::string name;   // as [secrets] has it
  std::string value;  // at least kShortestSecret bytes
};

/// What stands in the place of a secret.
inline std::string secret_mark(const std::string& name) { return "‹secret:" + name + "›"; }

class SecretNet {
 public:
  /// Knows no secret.
  SecretNet() : SecretNet(std::vector<Secret>{}) {}
  explicit SecretNet(const std::vector<Secret>& secrets);

  /// Keeps this one out of sight, too, from now on; also in what streams still hold back.
  void learn(Secret secret);

  [[nodiscard]] std::string hide(std::string_view text) const;
  /// Of all texts in it, also those that are keys, and of numbers whose digits are a secret.
  [[nodiscard]] Value hide_in(const Value& value) const;
  /// The name of a secret that it holds; nothing when it holds none.
  [[nodiscard]] std::optional<std::string> found_in(const Value& value) const;

  /// The same for text that comes in pieces. The net must outlive it.
  class Stream {
   public:
    explicit Stream(const SecretNet& net) : net_(net) {}
    /// What of all that came can be shown now.
    std::string feed(std::string_view piece);
    /// The rest: nothing comes any more.
    std::string finish();

   private:
    const SecretNet& net_;
    std::string held_;
  };

 private:
  [[nodiscard]] std::string mark(std::size_t secret) const { return secret_mark(names_[secret]); }
  [[nodiscard]] std::optional<SecretFinder::Found> next(std::string_view text, std::size_t from) const;

  std::vector<std::string> names_;
  std::vector<SecretFinder::Form> forms_;
  SecretFinder finder_;
};

}  // namespace runbook

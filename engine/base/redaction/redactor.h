// What a target says, made fit to be seen, stored and computed with: the door through which every answer comes in.
//
//   ‹secret:NAME›   a declared secret, in whatever form (secret_net.h)
//   ‹redacted:1›    what is one by where it stands (structure.h), or by the name it has in a table; the same number is
//                   the same value, for as long as this process lives
//
// Keys stay, numbers stay, and a playbook computes with what everybody else sees. Without the numbers two different
// passwords would be equal: a check that compares them would hold, and nobody could say whether a client uses the
// password that the server wants. A number tells nothing else: values are remembered as hashes with a salt that is
// never written down.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/redaction/secret_net.h"
#include "base/value.h"

namespace runbook {

/// What a reader gives in place of a text that nobody must see, whatever its name and its form: behind the door it is a
/// mark, ‹redacted:1›, or ‹secret:NAME› when it is that secret and nothing else. An empty text stays one.
Value hidden_whole(std::string_view text);

class Redactor {
 public:
  /// The net must outlive it.
  explicit Redactor(const SecretNet& net);

  /// The answer to a call with these arguments: to `{ key = "requirepass" }` a text is the secret itself.
  Value clean(const Value& answer, const Value& args);
  /// What the target said is in the message; where and what to do are our own words.
  Error clean(Error error);
  [[nodiscard]] const SecretNet& net() const { return net_; }

 private:
  std::string clean_text(std::string_view text, bool& within_key);
  std::string hidden(std::string_view text);
  Value clean_value(const Value& value, bool& within_key);
  Value clean_named(std::string_view name, const Value& value, bool& within_key);
  Value clean_list(const Value::List& list);
  Value clean_map(const Value::Map& map);
  std::string mark(std::string_view value);

  const SecretNet& net_;
  std::string salt_;
  std::map<std::string, std::size_t> met_;  // by salted hash
};

}  // namespace runbook

// The one dynamic value of the engine: what crosses the channel to the worker, what a primitive takes and
// returns, what a plan and an audit record are made of.
//
// Numbers are doubles because Lua's are: a 64-bit id travels as text. Strings are bytes; text is expected to be
// UTF-8, and where it is not, JSON says so (json.h). Maps are sorted by key, so that equal values have equal bytes.
//
// nlohmann::json could have served; it costs 2.6 s of compile time for each file that includes it, and its
// integers, floats and binaries would be three more cases in every reader.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace runbook {

class Value {
 public:
  using List = std::vector<Value>;
  using Map = std::map<std::string, Value, std::less<>>;

  Value() = default;
  // A value is made from what it holds, without a word about it.
  // NOLINTBEGIN(google-explicit-constructor)
  Value(bool v) : v_(v) {}
  template <class N>
  requires(std::is_arithmetic_v<N> && !std::is_same_v<N, bool>) Value(N v) : v_(static_cast<double>(v)) {}
  Value(std::string v) : v_(std::move(v)) {}
  Value(std::string_view v) : v_(std::string(v)) {}
  Value(const char* v) : v_(std::string(v)) {}
  Value(List v) : v_(std::move(v)) {}
  Value(Map v) : v_(std::move(v)) {}
  // NOLINTEND(google-explicit-constructor)

  [[nodiscard]] bool is_null() const { return v_.index() == 0; }
  [[nodiscard]] const bool* as_bool() const { return std::get_if<bool>(&v_); }
  [[nodiscard]] const double* as_number() const { return std::get_if<double>(&v_); }
  [[nodiscard]] const std::string* as_text() const { return std::get_if<std::string>(&v_); }
  [[nodiscard]] const List* as_list() const { return std::get_if<List>(&v_); }
  [[nodiscard]] const Map* as_map() const { return std::get_if<Map>(&v_); }
  [[nodiscard]] List* as_list() { return std::get_if<List>(&v_); }
  [[nodiscard]] Map* as_map() { return std::get_if<Map>(&v_); }

  /// The member of a map; null when this is no map or has no such member.
  [[nodiscard]] const Value& operator[](std::string_view key) const;
  /// The member of a map, made when missing. A null becomes a map; anything else is a bug.
  Value& operator[](std::string_view key);

  /// The value when it has that type, else the fallback.
  [[nodiscard]] std::string_view text_or(std::string_view fallback) const;
  [[nodiscard]] double number_or(double fallback) const;
  [[nodiscard]] bool bool_or(bool fallback) const;
  /// The elements of a list; an empty list for anything else.
  [[nodiscard]] const List& items() const;
  /// The members of a map; an empty map for anything else.
  [[nodiscard]] const Map& members() const;

  /// "nil", "boolean", "number", "text", "list" or "table": the words an author knows.
  [[nodiscard]] std::string_view type_name() const;

  bool operator==(const Value&) const = default;

 private:
  std::variant<std::monostate, bool, double, std::string, List, Map> v_;
};

}  // namespace runbook

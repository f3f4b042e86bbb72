#include "primitive/spec/container_words.h"

#include <algorithm>
#include <charconv>

#include "base/json.h"
#include "base/text.h"
#include "primitive/spec/row_parts.h"
#include "safety/container_url.h"

namespace runbook::primitive {

namespace {
constexpr int kLongestWait = 600;
constexpr std::size_t kLongestName = 300;
}  // namespace

using safety::Change;
using safety::Words;

bool made_of(std::string_view text, std::string_view marks) {
  return !text.empty() && text.size() <= kLongestName && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  });
}

std::string short_id(std::string_view id) { return id.empty() ? "ID" : std::string(id.substr(0, safety::kShortId)); }

Words post(std::string_view container, std::string_view what) {
  return {"POST", "/containers/" + std::string(container) + "/" + std::string(what)};
}

Words post(std::string_view container, std::string_view what, const Value& body) {
  auto words = post(container, what);
  words.emplace_back(to_json(body));
  return words;
}

Words post(const Change& change, std::string_view what) { return post(short_id(change.from["id"].text_or("")), what); }

Words set_policy(std::string_view container, std::string_view policy) {
  const auto colon = policy.find(':');
  Value::Map wanted{{"Name", policy.substr(0, colon)}};
  if (colon != std::string_view::npos) {
    int retries = 0;
    std::from_chars(policy.data() + colon + 1, policy.data() + policy.size(), retries);
    wanted["MaximumRetryCount"] = retries;
  }
  return post(container, "update", Value::Map{{"RestartPolicy", std::move(wanted)}});
}

Result<void> check_waits(const Value& args) {
  for (const auto* name : {"timeout", "within"}) RUNBOOK_CHECK(check_seconds(args, name, 0, kLongestWait));
  return {};
}

Value wish_of(const Change& change) {
  if (change.row == "container.image") return Value::Map{{"image", change.to}};
  if (change.row != "container.env") return change.to;
  return Value::Map{{"env", Value::Map{{std::string(change.args["key"].text_or("")), change.to}}}};
}

std::string grace(const Value& args) { return to_json(Value(args["timeout"].number_or(10))); }

std::string container_text(const Change& change, std::string_view name) {
  if (name.empty() || name == change.target) return change.target;
  return change.target + ", the container " + escaped(name, 80);
}

std::string container_text(const Change& change) { return container_text(change, change.from["name"].text_or("")); }

}  // namespace runbook::primitive

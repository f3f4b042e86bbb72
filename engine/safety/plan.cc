#include "safety/plan.h"

#include <algorithm>

#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"

namespace runbook::safety {

namespace {

Value identity(const Target& target) {
  return Value::Map{{"name", target.name},       {"kind", target.kind},      {"env", target.env},
                    {"url", target.url},         {"user", target.user},      {"secret", target.password_secret},
                    {"seen_as", target.seen_as}, {"ca_file", target.ca_file}};
}

void compare(const std::string& path, const Value& before, const Value& now, std::vector<std::string>& out) {
  if (before == now) return;
  const auto inside = [&](const std::string& step) { return path.empty() ? step : path + "." + step; };
  if (before.as_map() != nullptr && now.as_map() != nullptr) {
    for (const auto& [key, member] : before.members()) compare(inside(key), member, now[key], out);
    for (const auto& [key, member] : now.members()) {
      if (!before.members().contains(key)) compare(inside(key), Value(), member, out);
    }
  } else if (before.as_list() != nullptr && now.as_list() != nullptr && before.items().size() == now.items().size()) {
    for (std::size_t i = 0; i < now.items().size(); ++i) {
      compare(inside(std::to_string(i + 1)), before.items()[i], now.items()[i], out);
    }
  } else {
    out.push_back(path + ": " + escaped(to_json(before), 200) + " → " + escaped(to_json(now), 200));
  }
}

}  // namespace

Value Plan::material() const {
  Value::Map hashes;
  for (const auto& [file, hash] : sources) hashes.emplace(file, hash);
  Value::List identities;
  for (const auto& target : targets) identities.push_back(identity(target));
  Value::List items;
  for (const auto& change : changes) items.push_back(change.digest_material());
  Value::List wanted;
  for (const auto& check : checks) wanted.push_back(check.to_value());
  return Value::Map{{"playbook", playbook},
                    {"mitigation", mitigation},
                    {"sources", std::move(hashes)},
                    {"inputs", inputs},
                    {"targets", std::move(identities)},
                    {"changes", std::move(items)},
                    {"checks", std::move(wanted)},
                    {"within_ms", within.count()},
                    {"holds_ms", holds.count()},
                    {"level", level()}};
}

std::string Plan::digest() const { return sha256(to_json(material())); }

int Plan::level() const {
  int worst = 0;
  for (const auto& change : changes) worst = std::max(worst, change.level);
  if (worst > 0 && !called_for) ++worst;
  return std::min(worst, 3);
}

std::vector<std::string> Plan::changed_targets() const {
  std::vector<std::string> names;
  for (const auto& change : changes) names.push_back(change.target);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

const Target* Plan::target(std::string_view name) const {
  const auto found = std::find_if(targets.begin(), targets.end(), [&](const Target& t) { return t.name == name; });
  return found == targets.end() ? nullptr : &*found;
}

Value Plan::to_value() const {
  Value::List items;
  for (const auto& change : changes) items.push_back(change.to_value());
  Value::List wanted;
  for (const auto& check : checks) {
    auto value = check.to_value();
    value["text"] = check.text();
    wanted.push_back(std::move(value));
  }
  return Value::Map{{"mitigation", mitigation},    {"digest", digest()},          {"level", level()},
                    {"warning", warning},          {"called_for", called_for},    {"changes", std::move(items)},
                    {"checks", std::move(wanted)}, {"within_ms", within.count()}, {"holds_ms", holds.count()}};
}

std::vector<std::string> differences(const Value& before, const Value& now) {
  std::vector<std::string> out;
  compare("", before, now, out);
  return out;
}

}  // namespace runbook::safety

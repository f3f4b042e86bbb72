#include "safety/plan.h"

#include <algorithm>
#include <cstdint>

#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "safety/whole.h"

namespace runbook::safety {

namespace {

Value identity(const Target& target) {
  Value::Map out = {{"name", target.name},       {"kind", target.kind},      {"env", target.env},
                    {"url", target.url},         {"user", target.user},      {"secret", target.password_secret},
                    {"seen_as", target.seen_as}, {"ca_file", target.ca_file}};
  if (!target.token_secret.empty()) out.emplace("token", target.token_secret);
  if (!target.cert_file.empty()) out.emplace("cert_file", target.cert_file);
  if (!target.key_file.empty()) out.emplace("key_file", target.key_file);
  for (const auto& [name, member] : {std::pair("tls", &Target::tls),
                                     {"pass_file", &Target::pass_file},
                                     {"change_user", &Target::change_user},
                                     {"change_secret", &Target::change_password_secret},
                                     {"rescue_user", &Target::rescue_user},
                                     {"rescue_secret", &Target::rescue_password_secret}}) {
    if (!(target.*member).empty()) out.emplace(name, target.*member);
  }
  return out;
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

Value watch_value(const std::optional<Watch>& watch, bool everything) {
  if (!watch) return {};
  Value value = Value::Map{{"checks", checks_value(watch->checks, everything)}, {"within_ms", watch->within.count()}};
  if (everything) value["note"] = watch->note;
  return value;
}

}  // namespace

Value Plan::material() const {
  Value::Map hashes;
  for (const auto& [file, hash] : sources) hashes.emplace(file, hash);
  Value::List identities;
  for (const auto& target : targets) identities.push_back(identity(target));
  Value::List list;
  for (const auto& item : items) list.push_back(item.digest_material());
  return Value::Map{{"playbook", playbook},
                    {"mitigation", mitigation},
                    {"sources", std::move(hashes)},
                    {"inputs", inputs},
                    {"targets", std::move(identities)},
                    {"items", std::move(list)},
                    {"fixed_when", fixed_when.to_value(false)},
                    {"watch", watch_value(watch, false)},
                    {"level", level()}};
}

std::string Plan::digest() const { return sha256(to_json(material())); }

std::vector<const Change*> Plan::changes() const {
  std::vector<const Change*> out;
  for (const auto& item : items) {
    if (const auto* change = item.change()) out.push_back(change);
  }
  return out;
}

bool Plan::is_idle() const {
  return std::all_of(items.begin(), items.end(),
                     [](const Item& item) { return std::holds_alternative<Barrier>(item.what); });
}

int Plan::level() const {
  if (items.empty()) return 0;
  int worst = 1;
  for (const auto* change : changes()) worst = std::max(worst, change->level);
  if (!called_for) ++worst;
  if (unanchored) ++worst;
  if (changed_targets().size() > 1) ++worst;
  return std::min(worst, 3);
}

std::vector<std::string> Plan::changed_targets() const {
  std::vector<std::string> names;
  for (const auto* change : changes()) names.push_back(change->target);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

const Target* Plan::target(std::string_view name) const {
  const auto found = std::find_if(targets.begin(), targets.end(), [&](const Target& t) { return t.name == name; });
  return found == targets.end() ? nullptr : &*found;
}

Value Plan::to_value() const {
  Value::List list;
  for (const auto& item : items) list.push_back(item.to_value());
  return Value::Map{{"mitigation", mitigation},
                    {"digest", digest()},
                    {"level", level()},
                    {"warning", warning},
                    {"holds_only", holds_only},
                    {"called_for", called_for},
                    {"unanchored", unanchored},
                    {"chosen", chosen},
                    {"items", std::move(list)},
                    {"fixed_when", fixed_when.to_value(true)},
                    {"watch", watch_value(watch, true)}};
}

Result<Plan> Plan::from_value(const Value& value) {
  Plan plan{.mitigation = std::string(value["mitigation"].text_or("")),
            .warning = std::string(value["warning"].text_or("")),
            .holds_only = value["holds_only"].bool_or(false),
            .chosen = value["chosen"],
            .unanchored = value["unanchored"].bool_or(false),
            .called_for = value["called_for"].bool_or(true)};
  for (const auto& recorded : value["items"].items()) {
    RUNBOOK_TRY(item, Item::from_value(recorded));
    plan.items.push_back(std::move(item));
  }
  RUNBOOK_TRY(goal, Goal::from_value(value["fixed_when"]));
  plan.fixed_when = std::move(goal);
  if (const auto& watch = value["watch"]; !watch.is_null()) {
    RUNBOOK_TRY(checks, checks_from_value(watch["checks"]));
    plan.watch = Watch{.checks = std::move(checks),
                       .within = std::chrono::milliseconds(whole(watch["within_ms"])),
                       .note = std::string(watch["note"].text_or(""))};
  }
  return plan;
}

std::vector<std::string> differences(const Value& before, const Value& now) {
  std::vector<std::string> out;
  compare("", before, now, out);
  return out;
}

}  // namespace runbook::safety

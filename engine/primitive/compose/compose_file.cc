#include "primitive/compose/compose_file.h"

#include <algorithm>

#include "base/text.h"
#include "primitive/compose/text_edit.h"

namespace runbook::primitive {

namespace {

using Kind = YamlNode::Kind;
using Style = YamlNode::Style;

std::string line_of(std::string_view text, const YamlNode& node) {
  const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(node.begin), '\n');
  return "line " + std::to_string(line + 1);
}

Error by_hand(std::string_view text, const YamlNode& node, const std::string& why) {
  return {.code = Code::kRefused, .message = line_of(text, node) + ": " + why, .next = "change it by hand"};
}

bool is_plain_name(std::string_view text) {
  return !text.empty() && is_utf8(text) && escaped(text) == text &&
         text.find_first_of(" =\t") == std::string_view::npos;
}

// "$$" is a dollar; any other dollar begins a variable.
std::optional<std::string> without_variables(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '$' && (at + 1 == text.size() || text[++at] != '$')) return std::nullopt;
    out += text[at];
  }
  return out;
}

std::string with_dollars(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '$' ? std::string("$$") : std::string(1, c);
  return out;
}

// The value of a scalar that may be changed in its place.
Result<std::string> value_of(std::string_view text, const YamlNode& node, const std::string& what) {
  if (node.kind == Kind::kAlias)
    return by_hand(text, node, what + " is the alias *" + escaped(node.text, 40) + ", which others use too");
  if (node.kind != Kind::kScalar) return by_hand(text, node, what + " is no text");
  if (node.anchored) return by_hand(text, node, what + " has an anchor, which others may use too");
  const auto bytes = text.substr(node.begin, node.end - node.begin);
  if (node.style == Style::kBlock || bytes.find('\n') != std::string_view::npos)
    return by_hand(text, node, what + " is written in several lines");
  if (bytes.starts_with('!') || bytes.starts_with('&')) return by_hand(text, node, what + " has a tag");
  auto value = without_variables(node.text);
  if (!value) return by_hand(text, node, what + " is filled in from a variable, " + escaped(node.text, 80));
  return *std::move(value);
}

// "KEY=value" of an environment that is a list.
std::string_view key_of(const YamlNode& item) { return std::string_view(item.text).substr(0, item.text.find('=')); }

const YamlNode* item_of(const YamlNode& list, std::string_view key) {
  const auto found = std::find_if(list.items.begin(), list.items.end(), [&](const YamlNode& item) {
    return item.kind == Kind::kScalar && key_of(item) == key;
  });
  return found == list.items.end() ? nullptr : &*found;
}

// Whether its members may come from elsewhere, so that what is not here may still be set.
bool is_merged(const YamlNode& map) { return map.find("<<") != nullptr; }

// The service's environment; null when it has none.
Result<const YamlNode*> environment_of(std::string_view text, const YamlNode& service) {
  const auto* environment = service.find("environment");
  if (environment == nullptr) {
    if (is_merged(service)) return by_hand(text, service, "the service takes over what an alias says");
    return environment;
  }
  if (environment->kind == Kind::kAlias || environment->anchored)
    return by_hand(text, *environment, "the environment is shared by an alias or anchor");
  if (environment->kind == Kind::kMap && is_merged(*environment))
    return by_hand(text, *environment, "the environment takes over what an alias says");
  if (environment->kind == Kind::kScalar && !environment->text.empty())
    return by_hand(text, *environment, "the environment is neither a list nor a map");
  return environment;
}

}  // namespace

Result<ComposeFile> ComposeFile::parse(std::string text) {
  RUNBOOK_TRY(root, parse_yaml(text));
  const auto* services = root.find("services");
  if (services == nullptr || services->kind != Kind::kMap)
    return Error{.code = Code::kConfig, .message = "it has no services, as a compose file has"};
  return ComposeFile(std::move(text), std::move(root));
}

std::vector<std::string> ComposeFile::services() const {
  std::vector<std::string> names;
  for (const auto& [name, service] : root_.find("services")->members) names.push_back(name.text);
  return names;
}

Result<const YamlNode*> ComposeFile::service(std::string_view name) const {
  const auto* found = root_.find("services")->find(name);
  if (found == nullptr) {
    const auto known = services();
    const auto near = nearest(name, known);
    return Error{.code = Code::kNotFound,
                 .message = "the compose file has no service " + escaped(name, 60),
                 .next = near.empty() ? "it has: " + escaped(join(known, ", "), 200) : "did you mean " + near + "?"};
  }
  if (found->kind != Kind::kMap) return by_hand(text_, *found, "the service is no map of its own");
  return found;
}

Result<std::vector<std::string>> ComposeFile::keys(std::string_view name) const {
  RUNBOOK_TRY(service, this->service(name));
  RUNBOOK_TRY(environment, environment_of(text_, *service));
  std::vector<std::string> out;
  if (environment == nullptr) return out;
  for (const auto& [key, value] : environment->members) out.push_back(key.text);
  for (const auto& item : environment->items) out.emplace_back(key_of(item));
  return out;
}

Result<std::string> ComposeFile::image(std::string_view name) const {
  RUNBOOK_TRY(service, this->service(name));
  const auto* image = service->find("image");
  if (image == nullptr && is_merged(*service))
    return by_hand(text_, *service, "the service takes over what an alias says");
  if (image == nullptr)
    return Error{.code = Code::kNotFound, .message = "the service " + escaped(name, 60) + " names no image"};
  return value_of(text_, *image, "the image");
}

Result<ComposeSetting> ComposeFile::setting(std::string_view name, std::string_view key) const {
  RUNBOOK_TRY(service, this->service(name));
  RUNBOOK_TRY(environment, environment_of(text_, *service));
  if (environment == nullptr) return ComposeSetting{};
  const auto what = escaped(key, 60);
  if (environment->kind == Kind::kMap) {
    const auto* value = environment->find(key);
    if (value == nullptr) return ComposeSetting{};
    const bool empty = value->kind == Kind::kScalar && value->style == Style::kPlain;
    if (empty && (value->text.empty() || value->text == "~" || value->text == "null"))
      return ComposeSetting{.kind = ComposeSetting::Kind::kPassed};
    RUNBOOK_TRY(text, value_of(text_, *value, what));
    return ComposeSetting{.kind = ComposeSetting::Kind::kSet, .value = std::move(text)};
  }
  const auto* item = item_of(*environment, key);
  if (item == nullptr) return ComposeSetting{};
  RUNBOOK_TRY(text, value_of(text_, *item, what));
  const auto equals = text.find('=');
  if (equals == std::string::npos) return ComposeSetting{.kind = ComposeSetting::Kind::kPassed};
  return ComposeSetting{.kind = ComposeSetting::Kind::kSet, .value = text.substr(equals + 1)};
}

namespace {

// What the file is to say after the edit, made from what it says now.
YamlNode* member(YamlNode& map, std::string_view key) {
  const auto found =
      std::find_if(map.members.begin(), map.members.end(), [&](const auto& entry) { return entry.first.text == key; });
  return found == map.members.end() ? nullptr : &found->second;
}

YamlNode& service_in(YamlNode& root, std::string_view name) { return *member(*member(root, "services"), name); }

void expect_entry(YamlNode& environment, std::string_view key, const std::optional<std::string>& value) {
  const bool list = environment.kind == Kind::kList;
  if (!value) {
    std::erase_if(environment.members, [&](const auto& entry) { return entry.first.text == key; });
    std::erase_if(environment.items, [&](const YamlNode& item) { return key_of(item) == key; });
    return;
  }
  if (list) {
    const auto found = std::find_if(environment.items.begin(), environment.items.end(),
                                    [&](const YamlNode& item) { return key_of(item) == key; });
    auto& item = found == environment.items.end() ? environment.items.emplace_back() : *found;
    item.text = std::string(key) + "=" + *value;
    return;
  }
  environment.kind = Kind::kMap;
  environment.text.clear();
  auto* entry = member(environment, key);
  if (entry == nullptr) {
    environment.members.emplace_back(YamlNode{.text = std::string(key)}, YamlNode{});
    entry = &environment.members.back().second;
  }
  entry->text = *value;
}

void expect_setting(YamlNode& service, std::string_view key, const std::optional<std::string>& value) {
  auto* environment = member(service, "environment");
  if (environment == nullptr) {
    auto added = std::pair(YamlNode{.text = "environment"}, YamlNode{.kind = Kind::kMap});
    const auto at =
        service.members.insert(service.members.begin() + (service.members.empty() ? 0 : 1), std::move(added));
    environment = &at->second;
  }
  expect_entry(*environment, key, value);
  const bool emptied = !environment->flow && environment->members.empty() && environment->items.empty();
  if (emptied) std::erase_if(service.members, [](const auto& entry) { return entry.first.text == "environment"; });
}

}  // namespace

Result<std::string> ComposeFile::edited(std::string_view name, std::string out, const YamlNode& expected) const {
  const auto now = parse_yaml(out);
  if (now && same_content(*now, expected)) return out;
  RUNBOOK_TRY(service, this->service(name));
  return by_hand(text_, *service, "it is written in a way that cannot be changed without changing more");
}

Result<std::string> ComposeFile::with_image(std::string_view name, std::string_view image) const {
  if (!is_plain_name(image))
    return Error{.code = Code::kUsage, .message = "\"" + escaped(image, 80) + "\" is the name of no image"};
  RUNBOOK_CHECK(this->image(name));
  RUNBOOK_TRY(service, this->service(name));
  const auto& node = *service->find("image");
  auto expected = root_;
  member(service_in(expected, name), "image")->text = with_dollars(image);
  return edited(name, replaced(text_, node, yaml_scalar(with_dollars(image), node.style)), expected);
}

Result<std::string> ComposeFile::with_setting(std::string_view name, std::string_view key,
                                              const std::optional<std::string>& value) const {
  if (!is_plain_name(key))
    return Error{.code = Code::kUsage, .message = "\"" + escaped(key, 60) + "\" is the name of no variable"};
  if (value && (!is_utf8(*value) || value->find('\0') != std::string::npos))
    return Error{.code = Code::kUsage, .message = "the value of " + escaped(key, 60) + " is no text"};
  RUNBOOK_TRY(before, setting(name, key));
  RUNBOOK_TRY(service, this->service(name));
  RUNBOOK_TRY(environment, environment_of(text_, *service));
  if (!value && before.kind == ComposeSetting::Kind::kAbsent) return text_;
  const bool last = !value && environment->members.size() + environment->items.size() == 1;
  if (last && is_merged(*service))
    return by_hand(text_, *environment, "without an environment the service takes over what an alias says");
  const auto written = value ? std::optional(with_dollars(*value)) : std::nullopt;
  auto expected = root_;
  expect_setting(service_in(expected, name), key, written);
  return edited(name,
                written ? with_entry(text_, *service, environment, key, *written) : without_entry(text_, *service, key),
                expected);
}

}  // namespace runbook::primitive

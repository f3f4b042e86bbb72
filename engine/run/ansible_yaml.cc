// The YAML form. What it could say by other means than by writing it there (merge keys, aliases) is an error: a host
// that is reached by other variables than Ansible's would be another host.
#include <algorithm>

#include "base/text.h"
#include "base/yaml.h"
#include "run/ansible.h"

namespace runbook::run {

namespace {

using Kind = YamlNode::Kind;

class Reader {
 public:
  Reader(std::string_view text, const std::string& file) : text_(text), file_(file) {
    for (std::size_t at = 0; at < text.size(); ++at)
      if (text[at] == '\n') line_ends_.push_back(at);
  }

  Result<AnsibleInventory> read() {
    const auto root = parse_yaml(text_);
    if (!root) return Error{.code = Code::kConfig, .message = root.error().message, .where = file_};
    if (const auto* plugin = root->find("plugin"))
      return wrong(*plugin, "a dynamic inventory: the plugin " + escaped(plugin->text, 60) + " is not run",
                   "write it out: ansible-inventory --list --yaml --output hosts.yml");
    RUNBOOK_CHECK(expect_map(*root, "an inventory"));
    for (const auto& [name, group] : root->members) RUNBOOK_CHECK(add_group(name, group));
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string where(const YamlNode& node) const {
    const auto line = std::lower_bound(line_ends_.begin(), line_ends_.end(), node.begin) - line_ends_.begin();
    return file_ + ":" + std::to_string(line + 1);
  }

  [[nodiscard]] Error wrong(const YamlNode& node, std::string message, std::string next = {}) const {
    return {.code = Code::kConfig, .message = std::move(message), .where = where(node), .next = std::move(next)};
  }

  static bool is_nothing(const YamlNode& node) {
    return node.kind == Kind::kScalar && node.style == YamlNode::Style::kPlain &&
           (node.text.empty() || node.text == "~" || node.text == "null");
  }

  // A map of which all is written here.
  Result<void> expect_map(const YamlNode& node, const std::string& what) const {
    if (node.kind == Kind::kAlias) return wrong(node, what + " is an alias, which is not followed", "write it out");
    if (!node.tag.empty())
      return wrong(node, what + " has the tag " + escaped(node.tag, 60) + ", which is not read", "write it out");
    if (node.kind != Kind::kMap) return wrong(node, what + " is a map");
    for (const auto& [key, value] : node.members) {
      if (key.text == "<<")
        return wrong(key, what + " takes more in by a merge key (<<), which is not followed", "write it out");
    }
    return {};
  }

  Result<void> add_group(const YamlNode& name, const YamlNode& group) {
    if (name.text.empty() || name.text.size() > 255 || name.text.find_first_of(" \t:,()") != std::string::npos ||
        escaped(name.text) != name.text)
      return wrong(name, "\"" + escaped(name.text, 60) + "\" is no name of a group");
    out_.groups[name.text];
    if (is_nothing(group)) return {};
    RUNBOOK_CHECK(expect_map(group, "the group " + name.text));
    for (const auto& [key, value] : group.members) {
      if (key.text != "hosts" && key.text != "children" && key.text != "vars")
        return wrong(key, "a group has no " + escaped(key.text, 60), "hosts, children or vars");
      if (is_nothing(value)) continue;
      RUNBOOK_CHECK(add_part(name.text, key.text, value));
    }
    return {};
  }

  Result<void> add_part(const std::string& group, const std::string& part, const YamlNode& value) {
    if (part != "vars" && value.kind == Kind::kScalar && value.tag.empty()) {
      // "hosts: web1" is short for one without variables.
      const YamlNode nothing{.style = YamlNode::Style::kPlain, .begin = value.begin};
      return add_member(group, part, value, nothing);
    }
    RUNBOOK_CHECK(expect_map(value, part + " of " + group));
    if (part == "vars") return add_variables(value, out_.groups[group].variables);
    for (const auto& [name, member] : value.members) RUNBOOK_CHECK(add_member(group, part, name, member));
    return {};
  }

  Result<void> add_member(const std::string& group, const std::string& part, const YamlNode& name,
                          const YamlNode& member) {
    if (part == "children") {
      out_.groups[group].children.insert(name.text);
      return add_group(name, member);
    }
    const auto pattern = parse_ansible_pattern(name.text);
    if (!pattern) return wrong(name, pattern.error().message, pattern.error().next);
    AnsibleVariables variables;
    if (!pattern->port.empty())
      RUNBOOK_CHECK(AnsibleInventory::keep(variables, "ansible_port", {.value = pattern->port, .where = where(name)}));
    if (!is_nothing(member)) {
      RUNBOOK_CHECK(expect_map(member, "the host " + escaped(name.text, 60)));
      RUNBOOK_CHECK(add_variables(member, variables));
    }
    for (const auto& host : pattern->names) RUNBOOK_CHECK(out_.add_host(group, host, variables, where(name)));
    return {};
  }

  Result<void> add_variables(const YamlNode& map, AnsibleVariables& variables) const {
    for (const auto& [key, value] : map.members) {
      AnsibleVariable variable{.where = where(key), .is_plain = value.kind == Kind::kScalar && value.tag.empty()};
      if (variable.is_plain && !is_nothing(value)) variable.value = value.text;
      RUNBOOK_CHECK(AnsibleInventory::keep(variables, key.text, std::move(variable)));
    }
    return {};
  }

  std::string_view text_;
  const std::string& file_;
  std::vector<std::size_t> line_ends_;
  AnsibleInventory out_;
};

}  // namespace

Result<AnsibleInventory> parse_ansible_yaml(std::string_view text, const std::string& file) {
  return Reader(text, file).read();
}

}  // namespace runbook::run

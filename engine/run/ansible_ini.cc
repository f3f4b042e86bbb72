// The INI form. Its words are cut as Python's shlex does, for that is what Ansible uses.
#include <optional>

#include "base/shell.h"
#include "base/text.h"
#include "run/ansible.h"

namespace runbook::run {

namespace {

constexpr std::size_t kMostBytes = 1U << 20U;

// A value is a literal of Python where it is one: 'ops' and "ops" are ops.
std::string literal(std::string_view value) {
  const bool quoted = value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
                      value.back() == value.front() && value.find(value.front(), 1) == value.size() - 1 &&
                      value.find('\\') == std::string_view::npos;
  return std::string(quoted ? value.substr(1, value.size() - 2) : value);
}

class Reader {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  Result<AnsibleInventory> read(std::string_view text) {
    out_.groups["ungrouped"];
    for (const auto raw : split(text, '\n')) {
      ++line_;
      const auto line = trim(raw);
      if (line.empty() || line.front() == '#' || line.front() == ';') continue;
      RUNBOOK_CHECK(one(line));
    }
    for (const auto& [name, where] : expected_) {
      if (!out_.groups.contains(name))
        return Error{.code = Code::kConfig, .message = "there is no group " + escaped(name, 60), .where = where};
    }
    for (auto& [group, variables] : variables_) out_.groups[group].variables = std::move(variables);
    return std::move(out_);
  }

 private:
  enum class Section { kHosts, kChildren, kVariables };

  [[nodiscard]] std::string where() const { return file_ + ":" + std::to_string(line_); }
  [[nodiscard]] Error wrong(std::string message, std::string next = {}) const {
    return {.code = Code::kConfig, .message = std::move(message), .where = where(), .next = std::move(next)};
  }

  Result<void> one(std::string_view line) {
    if (line.front() == '[') {
      RUNBOOK_TRY(was_header, header(line));
      if (was_header) return {};
    }
    if (section_ == Section::kHosts) return host(line);
    return section_ == Section::kChildren ? child(line) : variable(line);
  }

  // "[cache]", "[cache:vars]  # why"; false for a host such as [::1]:22.
  Result<bool> header(std::string_view line) {
    const auto close = line.find(']');
    const auto rest = close == std::string_view::npos ? std::string_view() : trim(line.substr(close + 1));
    if (close == std::string_view::npos || (!rest.empty() && rest.front() != '#')) return false;
    const auto inside = line.substr(1, close - 1);
    const auto colon = inside.find(':');
    const auto name = inside.substr(0, colon);
    const auto kind = colon == std::string_view::npos ? std::string_view() : inside.substr(colon + 1);
    RUNBOOK_CHECK(check_group(name));
    if (colon == std::string_view::npos) {
      section_ = Section::kHosts;
    } else if (kind == "children") {
      section_ = Section::kChildren;
    } else if (kind == "vars") {
      section_ = Section::kVariables;
    } else {
      return wrong("[" + escaped(inside, 60) + "] is no section", "[GROUP], [GROUP:children] or [GROUP:vars]");
    }
    group_ = name;
    // Variables may stand before their group, but not without it.
    if (section_ == Section::kVariables && group_ != "all") {
      expected_.emplace(group_, where());
    } else {
      out_.groups[group_];
    }
    return true;
  }

  Result<void> check_group(std::string_view name) const {
    if (!name.empty() && name.find_first_of(" \t:,()") == std::string_view::npos && escaped(name) == name &&
        name.size() <= 255)
      return {};
    return wrong("\"" + escaped(name, 60) + "\" is no name of a group");
  }

  Result<void> host(std::string_view line) {
    const auto words = shell_words(line, Comments::kHash);
    if (!words) return wrong("a quote that is not closed");
    if (words->empty()) return {};
    const auto pattern = parse_ansible_pattern(words->front());
    if (!pattern) return wrong(pattern.error().message, pattern.error().next);
    AnsibleVariables variables;
    if (!pattern->port.empty())
      RUNBOOK_CHECK(AnsibleInventory::keep(variables, "ansible_port", {.value = pattern->port, .where = where()}));
    for (std::size_t at = 1; at < words->size(); ++at) {
      const auto& word = (*words)[at];
      const auto equals = word.find('=');
      if (equals == std::string::npos)
        return wrong("\"" + escaped(word, 60) + "\" behind a host is no variable",
                     "variables are NAME=VALUE, without blanks around =");
      AnsibleVariable variable{.value = literal(word.substr(equals + 1)), .where = where()};
      RUNBOOK_CHECK(AnsibleInventory::keep(variables, word.substr(0, equals), std::move(variable)));
    }
    for (const auto& name : pattern->names) RUNBOOK_CHECK(out_.add_host(group_, name, variables, where()));
    return {};
  }

  Result<void> child(std::string_view line) {
    const auto name = trim(line.substr(0, line.find('#')));
    RUNBOOK_CHECK(check_group(name));
    out_.groups[group_].children.emplace(name);
    expected_.emplace(std::string(name), where());
    return {};
  }

  Result<void> variable(std::string_view line) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos)
      return wrong("\"" + escaped(line, 60) + "\" is no variable", "variables are NAME = VALUE");
    AnsibleVariable variable{.value = literal(trim(line.substr(equals + 1))), .where = where()};
    return AnsibleInventory::keep(variables_[group_], std::string(trim(line.substr(0, equals))), std::move(variable));
  }

  const std::string& file_;
  AnsibleInventory out_;
  std::size_t line_ = 0;
  Section section_ = Section::kHosts;
  std::string group_ = "ungrouped";
  std::map<std::string, AnsibleVariables> variables_;  // of groups, some of which may stand further down
  std::map<std::string, std::string> expected_;        // groups that must be there, and who says so
};

}  // namespace

Result<AnsibleInventory> parse_ansible_ini(std::string_view text, const std::string& file) {
  if (text.size() > kMostBytes) return Error{Code::kConfig, "larger than " + bytes_text(kMostBytes), file};
  if (!is_utf8(text)) return Error{Code::kConfig, "no UTF-8", file};
  return Reader(file).read(text);
}

}  // namespace runbook::run

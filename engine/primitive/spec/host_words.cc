#include "primitive/spec/host_words.h"

#include <algorithm>

#include "base/remote_command.h"
#include "base/text.h"
#include "primitive/spec/row_parts.h"

namespace runbook::primitive {

namespace {

constexpr std::size_t kLongestUnit = 255;

bool is_of_a_unit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view(":-_.\\@").find(c) != std::string_view::npos;
}

}  // namespace

safety::Words host_call(const safety::Change& change, std::vector<std::string> argv) {
  if (std::as_const(change.args)["sudo"].bool_or(false)) argv = by_sudo(argv);
  return {argv.begin(), argv.end()};
}

Value way_back_args(const safety::Change& change, Value::Map args) {
  const auto& sudo = std::as_const(change.args)["sudo"];
  if (!sudo.is_null()) args["sudo"] = sudo;
  return args;
}

Result<void> check_unit(std::string_view text) {
  const bool sound = !text.empty() && text.size() <= kLongestUnit && text.front() != '-' &&
                     std::all_of(text.begin(), text.end(), is_of_a_unit);
  if (sound) return {};
  return usage("a unit has a name such as redis-server or certbot.timer, not \"" + escaped(text, 60) + "\"");
}

Result<std::vector<std::string>> host_argv(const Value& words, std::string_view name) {
  RUNBOOK_TRY(argv, argv_in(words, name));
  if (is_by_sudo(argv))
    return usage(std::string(name) + " names no sudo: it is not a playbook's to say",
                 "sudo = true of a host in the inventory runs its commands by sudo -n");
  if (const auto line = remote_line({.argv = argv}); !line)
    return usage(std::string(name) + ": " + line.error().message);
  return argv;
}

}  // namespace runbook::primitive

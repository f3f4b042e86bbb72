#include "net/ssh_config.h"

#include <pwd.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <map>
#include <optional>

#include "base/shell.h"
#include "base/text.h"
#include "net/child.h"

namespace runbook::net {

namespace {

// A path with its tokens replaced; nothing where one stands for what we do not know. ssh_config(5), TOKENS.
std::optional<std::string> expanded(std::string_view path, const SshConfig& config,
                                    const SshSurroundings& surroundings) {
  std::string out;
  if (path.starts_with("~/")) {
    out = surroundings.home;
    path.remove_prefix(1);
  }
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '%') {
      out += path[i];
      continue;
    }
    if (++i == path.size()) return {};
    switch (path[i]) {
      case '%':
        out += '%';
        break;
      case 'd':
        out += surroundings.home;
        break;
      case 'u':
        out += surroundings.local_user;
        break;
      case 'h':
        out += config.host;
        break;
      case 'p':
        out += std::to_string(config.port);
        break;
      case 'r':
        out += config.user;
        break;
      default:
        return {};
    }
  }
  if (!out.starts_with('/')) return {};
  return out;
}

std::vector<std::string> files_of(std::string_view value, const SshConfig& config,
                                  const SshSurroundings& surroundings) {
  std::vector<std::string> files;
  for (const auto word : split(value, ' ')) {
    if (auto file = expanded(word, config, surroundings)) files.push_back(std::move(*file));
  }
  return files;
}

std::string agent_of(std::string_view value, const SshConfig& config, const SshSurroundings& surroundings) {
  if (value.empty() || value == "SSH_AUTH_SOCK") return surroundings.agent;
  if (value == "none") return {};
  if (value.starts_with('$')) {
    const char* set = std::getenv(std::string(value.substr(1)).c_str());
    return set == nullptr ? "" : set;
  }
  return expanded(value, config, surroundings).value_or("");
}

// The first of the user's files, where the whole list can be told apart: ssh prints it with blanks between.
std::string first_of_users(std::string_view value, const SshConfig& config, const SshSurroundings& surroundings) {
  const auto files = files_of(value, config, surroundings);
  return files.empty() || files.size() != split(value, ' ').size() ? std::string() : files.front();
}

Error not_told(const std::string& name, const ChildOutput& said) {
  const auto why = trim(said.err);
  return {.code = Code::kConfig,
          .message = "ssh does not accept its configuration for " + escaped(name, 120) + ": " +
                     escaped(why.substr(0, why.find('\n')), 300),
          .next = "try: ssh -G " + escaped(name, 120)};
}

}  // namespace

SshSurroundings SshSurroundings::of_this_process() {
  SshSurroundings surroundings;
  if (const auto* entry = getpwuid(getuid()); entry != nullptr) {
    surroundings.home = entry->pw_dir;  // as ssh does, whatever HOME says
    surroundings.local_user = entry->pw_name;
  }
  if (const char* agent = std::getenv("SSH_AUTH_SOCK"); agent != nullptr) surroundings.agent = agent;
  return surroundings;
}

Result<std::vector<std::string>> ssh_words(const SshAddress& address) {
  for (const auto& [what, word] : {std::pair("the address", &address.name), std::pair("the user", &address.user)}) {
    if (word->starts_with('-') || escaped(*word) != *word || word->find_first_of(" \t") != std::string::npos)
      return Error{Code::kUsage, std::string(what) + " " + escaped(*word, 80) + " is none that ssh could be given"};
  }
  if (address.name.empty()) return Error{Code::kUsage, "a host has an address"};
  std::vector<std::string> words = {"ssh", "-T"};
  if (!address.config_file.empty()) words.insert(words.end(), {"-F", address.config_file});
  if (!address.user.empty()) words.insert(words.end(), {"-l", address.user});
  if (address.port != 0) words.insert(words.end(), {"-p", std::to_string(address.port)});
  return words;
}

std::string SshConfig::way() const {
  return proxy_jump.empty() ? proxy_command.substr(0, proxy_command.find_first_of(" \t")) : proxy_jump;
}

std::string enrolling_by_hand(const SshAddress& address) {
  return "runbook host enroll " + shell_word(address.target.empty() ? address.name : address.target);
}

std::string ssh_by_hand(const SshAddress& address) {
  auto words = ssh_words(address);
  if (!words) return "ssh";
  words->erase(words->begin() + 1);  // -T
  words->push_back(address.name);
  for (auto& word : *words) word = shell_word(word);
  return join(*words, " ");
}

Result<SshConfig> parse_ssh_config(std::string_view printed, const SshSurroundings& surroundings) {
  std::multimap<std::string_view, std::string_view> said;
  for (const auto line : split(printed, '\n')) {
    const auto blank = line.find(' ');
    if (blank != std::string_view::npos) said.emplace(line.substr(0, blank), trim(line.substr(blank + 1)));
  }
  const auto one = [&said](std::string_view key) {
    const auto found = said.find(key);
    return found == said.end() ? std::string_view() : found->second;
  };
  SshConfig config;
  config.host = one("hostname");
  config.user = one("user");
  const auto port = one("port");
  const auto [end, unread] = std::from_chars(port.data(), port.data() + port.size(), config.port);
  if (config.host.empty() || config.user.empty() || unread != std::errc() || end != port.data() + port.size() ||
      config.port == 0) {
    return Error{Code::kProtocol, "ssh -G named no host, user and port"};
  }
  config.host_key_alias = one("hostkeyalias");
  config.identities_only = one("identitiesonly") == "yes";
  if (one("revokedhostkeys") != "none") config.revoked_keys = one("revokedhostkeys");
  config.certificates = said.contains("certificatefile");
  config.agent = agent_of(one("identityagent"), config, surroundings);
  if (one("proxyjump") != "none") config.proxy_jump = one("proxyjump");
  if (one("proxycommand") != "none") config.proxy_command = one("proxycommand");
  const auto [first, last] = said.equal_range("identityfile");
  for (auto file = first; file != last; ++file) {
    if (auto path = expanded(file->second, config, surroundings)) config.identity_files.push_back(std::move(*path));
  }
  for (const auto* key : {"userknownhostsfile", "globalknownhostsfile"}) {
    for (auto& file : files_of(one(key), config, surroundings)) config.known_hosts.push_back(std::move(file));
  }
  config.user_known_hosts = first_of_users(one("userknownhostsfile"), config, surroundings);
  config.hash_known_hosts = one("hashknownhosts") == "yes";
  return config;
}

Task<Result<SshConfig>> read_ssh_config(Loop loop, SshAddress address) {
  RUNBOOK_CO_TRY(words, ssh_words(address));
  words.insert(words.end(), {"-G", "--", address.name});
  ChildLimits limits;
  RUNBOOK_CO_TRY(said, co_await run_child(loop, std::move(words), limits));
  if (said.status != 0) co_return not_told(address.name, said);
  co_return parse_ssh_config(said.out, SshSurroundings::of_this_process());
}

}  // namespace runbook::net

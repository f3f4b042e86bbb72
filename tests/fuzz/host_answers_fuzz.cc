// What comes back over SSH and lies around it, damaged: an agent's answers, key files, `ssh -G`, and what the programs
// of a host print. Each becomes a value of a bounded size or an error.
#include "base/json.h"
#include "driver.h"
#include "net/certificate.h"
#include "net/ssh_agent.h"
#include "net/ssh_config.h"
#include "net/ssh_key_file.h"
#include "net/ssh_system.h"
#include "net/ssh_text.h"
#include "primitive/read/access_log.h"
#include "primitive/read/env_file.h"
#include "primitive/read/file_output.h"
#include "primitive/read/host_lists.h"
#include "primitive/read/host_output.h"
#include "primitive/read/journal_lines.h"
#include "primitive/read/settings_text.h"
#include "primitive/read/socket_lines.h"
#include "primitive/ufw/ufw_file.h"

namespace {

using namespace runbook;

const net::SshSurroundings kSurroundings{.home = "/home/ops", .local_user = "ops", .agent = "/run/agent"};

void check(const Value& value, std::string_view bytes) {
  if (to_json(value).size() > 12 * bytes.size() + 4096) std::abort();
}

// What is set reads back, and an edit touches its own line alone: without that line, both texts are the same.
template <class Read, class Edit>
void check_edit(std::string_view bytes, const std::string& other, Read read, Edit edit) {
  const auto was = read(bytes);
  if (!was || !*was) return;
  const auto now = edit(bytes, other);
  if (!now || read(*now).value() != other) std::abort();
  const auto back = edit(*now, **was);
  if (!back || read(*back).value() != **was) std::abort();
  if (edit(*now, std::nullopt).value() != edit(bytes, std::nullopt).value()) std::abort();
}

void edit_settings(std::string_view bytes) {
  using primitive::Setting;
  check_edit(
      bytes, "other", [](auto text) { return primitive::variable_of(text, "A"); },
      [](auto text, const Setting& to) { return primitive::with_variable(text, "A", to); });
  check_edit(
      bytes, "B other;", [](auto text) { return primitive::line_of(text, "B"); },
      [](auto text, const Setting& to) { return primitive::with_line(text, "B", to); });
}

// What is sent is what was understood, and means the same when it is read again.
void read_ufw(std::string_view bytes) {
  if (const auto rule = primitive::parse_ufw_rule(bytes)) {
    if (primitive::parse_ufw_rule(primitive::ufw_text(*rule)).value() != *rule) std::abort();
  }
  const auto rules = primitive::parse_ufw_rules(bytes);
  if (!rules) return;
  check(primitive::listed(*rules), bytes);
  for (const auto& entry : rules->v4) {
    if (entry.sayable && !primitive::find_rule(*rules, entry.rule).there) std::abort();
  }
}

void run(std::string_view bytes) {
  check(primitive::access_report(bytes, {.from = 1700000000, .now = 1800000000}), bytes);
  edit_settings(bytes);
  read_ufw(bytes);
  if (const auto keys = net::parse_agent_identities(bytes)) {
    std::size_t sum = 0;
    for (const auto& key : *keys) sum += key.size();
    if (sum > bytes.size() || keys->size() > bytes.size()) std::abort();
  }
  if (const auto signature = net::parse_agent_signature(bytes); signature && signature->size() > bytes.size())
    std::abort();
  if (const auto key = net::parse_key_file(bytes); key && key->type.empty()) std::abort();
  if (const auto config = net::parse_ssh_config(bytes, kSurroundings)) {
    if (config->host.empty() || config->port == 0) std::abort();
    for (const auto& file : config->known_hosts) {
      if (!file.starts_with('/')) std::abort();
    }
  }
  static_cast<void>(net::ssh_failure(bytes, {.name = "cache-host"}));
  if (const auto load = primitive::parse_loadavg(bytes)) check(*load, bytes);
  if (const auto memory = primitive::parse_meminfo(bytes)) check(*memory, bytes);
  if (const auto disks = primitive::parse_df(bytes)) check(*disks, bytes);
  if (const auto journal = primitive::parse_journal(bytes)) {
    check(*journal, bytes);
    check(primitive::oom_kills(*journal), bytes);
  }
  check(primitive::parse_properties(bytes), bytes);
  if (const auto file = primitive::parse_file(bytes, "")) check(*file, bytes);
  check(primitive::parse_env_file(bytes), bytes);
  if (const auto addresses = primitive::parse_ahosts(bytes)) check(*addresses, bytes);
  static_cast<void>(primitive::parse_seconds(bytes));
  static_cast<void>(net::parse_certificate(bytes));
  check(primitive::parse_du(bytes, "/var", 200), bytes);
  if (const auto processes = primitive::parse_processes(bytes, 200)) check(*processes, bytes);
  if (const auto rules = primitive::parse_ufw(bytes)) check(*rules, bytes);
  if (const auto sockets = primitive::parse_sockets(bytes, 200)) check(*sockets, bytes);
}

std::string agent_answer() {
  return std::string(1, '\x0c') + net::ssh_number(1) +
         net::ssh_text(net::ssh_text("ssh-ed25519") + net::ssh_text("key")) + net::ssh_text("a comment");
}

const std::vector<std::string> kCorpus = {
    agent_answer(),
    std::string(1, '\x0e') + net::ssh_text(net::ssh_text("ssh-ed25519") + net::ssh_text("signature")),
    "-----BEGIN OPENSSH PRIVATE "
    "KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZWQyNTUx\n"
    "OQAAACBsq1sWYNuYd/YGbUcnOVZ8oEVJ+iZnpDYmUS6RJYCjMQ==\n-----END OPENSSH PRIVATE KEY-----\n",
    "hostname 10.0.0.7\nuser ops\nport 2222\nidentityfile ~/.ssh/%r_%h\nuserknownhostsfile /root/.ssh/known_hosts "
    "%d/x\n",
    "0.45 1.31 1.44 2/345 12345\n",
    "MemTotal:       16314232 kB\nMemAvailable:   9314232 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n",
    "Filesystem     Type 1-blocks Used Available Capacity Mounted on\n/dev/vda ext4 100 50 50 50% /a b\n",
    R"~({"__REALTIME_TIMESTAMP":"1795264802075511","MESSAGE":"Out of memory: Killed process 1 (a)","PRIORITY":"3"})~",
    "81a4|220|1|root|0|adm|4|1795264802\n41ed|4096|3|UNKNOWN|1234|UNKNOWN|77|1795264802\n",
    "# shop\nexport A=1\nB=\"two\nlines\"\nC=goes \\\n on\nnonsense\n",
    "  B limit 1;\r\nA=\"on\"\n# A=2\nBB 2\n",
    "4\t/var/lib\n900\t/var/log/a b\n2000\t/var\n",
    "  PID PPID USER RSS %CPU ELAPSED COMMAND\n 812 1 www-data 20480 12.5 3600 /usr/sbin/nginx -g daemon off;\n",
    "deny in on eth0 log from 10.0.0.0/8 port 53 to any port 80,443 proto tcp",
    "### tuple ### deny tcp 443 0.0.0.0/0 any 203.0.113.7 in comment=782079\n### tuple ### allow any 1 ::/0 any ::/0 "
    "A%20b - out_eth0\n### END RULES ###\n",
    "Status: active\n\n[ 1] 22/tcp (v6)    ALLOW IN    Anywhere (v6)  # ssh\n",
    "tcp LISTEN 0 511 0.0.0.0:80 0.0.0.0:*\ntcp ESTAB 0 0 [::1]:80 10.0.0.3:51234\n",
    "Id=nginx.service\nActiveState=active\nNRestarts=0\n",
};

}  // namespace

int main(int argc, char** argv) { return runbook::fuzz::fuzz_main(argc, argv, kCorpus, run); }

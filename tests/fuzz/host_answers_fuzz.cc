// What comes back over SSH and lies around it, damaged: an agent's answers, key files, `ssh -G`, and what the programs
// of a host print. Each becomes a value of a bounded size or an error.
#include "base/json.h"
#include "driver.h"
#include "net/ssh_agent.h"
#include "net/ssh_config.h"
#include "net/ssh_key_file.h"
#include "net/ssh_system.h"
#include "net/ssh_text.h"
#include "primitive/read/host_output.h"
#include "primitive/read/journal_lines.h"

namespace {

using namespace runbook;

const net::SshSurroundings kSurroundings{.home = "/home/ops", .local_user = "ops", .agent = "/run/agent"};

void check(const Value& value, std::string_view bytes) {
  if (to_json(value).size() > 12 * bytes.size() + 4096) std::abort();
}

void run(std::string_view bytes) {
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
  static_cast<void>(net::ssh_failure(bytes, "cache-host"));
  if (const auto load = primitive::parse_loadavg(bytes)) check(*load, bytes);
  if (const auto memory = primitive::parse_meminfo(bytes)) check(*memory, bytes);
  if (const auto disks = primitive::parse_df(bytes)) check(*disks, bytes);
  if (const auto journal = primitive::parse_journal(bytes)) {
    check(*journal, bytes);
    check(primitive::oom_kills(*journal), bytes);
  }
  check(primitive::parse_properties(bytes), bytes);
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
    "Id=nginx.service\nActiveState=active\nNRestarts=0\n",
};

}  // namespace

int main(int argc, char** argv) { return runbook::fuzz::fuzz_main(argc, argv, kCorpus, run); }

// An sshd of a test's own: its own host key, its own configuration, on a free port of 127.0.0.1, and one key that may
// log in as whoever runs the test. Stopped by its pid.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "support/program.h"
#include "support/temp_dir.h"

namespace runbook::test {

class Sshd {
 public:
  Sshd() {
    mkdir("/run/sshd", 0755);  // the root of its unprivileged half; made by the service that does not run here
    for (const std::string name : {"host", "user"}) {
      if (run_program({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path(name)}).status != 0)
        throw std::runtime_error("no ssh-keygen");
    }
    port_ = free_port();
    std::ofstream(path("config")) << "ListenAddress 127.0.0.1\nPort " << port_ << "\nHostKey " << path("host")
                                  << "\nAuthorizedKeysFile " << path("user.pub")
                                  << "\nPidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
                                     "KbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n";
    sshd_ = std::make_unique<Program>(std::vector<std::string>{"/usr/sbin/sshd", "-D", "-e", "-f", path("config")});
    sshd_->read_errors_until("Server listening on");
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Of a file of its own: host and user are private keys, host.pub and user.pub public ones.
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  /// "ssh-ed25519 BASE64" of its host key.
  [[nodiscard]] std::string host_key() const { return public_key("host"); }
  [[nodiscard]] std::string public_key(const std::string& name) const {
    std::ifstream file(path(name + ".pub"));
    std::string type;
    std::string base64;
    file >> type >> base64;
    return type + " " + base64;
  }

  /// What the system's ssh makes of it: no configuration but these options, no question.
  [[nodiscard]] Ended ssh(const std::string& name, const std::vector<std::string>& options,
                          const std::string& line) const {
    std::vector<std::string> argv = {"ssh", "-F", "none", "-p", std::to_string(port_), "-i", path("user")};
    for (const std::string option : {"BatchMode=yes", "IdentitiesOnly=yes", "IdentityAgent=none", "HostName=127.0.0.1",
                                     "GlobalKnownHostsFile=none", "StrictHostKeyChecking=yes", "UpdateHostKeys=no"})
      argv.insert(argv.end(), {"-o", option});
    for (const auto& option : options) argv.insert(argv.end(), {"-o", option});
    argv.insert(argv.end(), {"-l", getpwuid(getuid())->pw_name, name, line});
    return run_program(argv);
  }

 private:
  static std::uint16_t free_port() {
    const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool bound = bind(probe, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                       getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    close(probe);
    if (!bound) throw std::runtime_error("no free port");
    return ntohs(address.sin_port);
  }

  TempDir folder_{};
  std::uint16_t port_ = 0;
  std::unique_ptr<Program> sshd_{};
};

}  // namespace runbook::test

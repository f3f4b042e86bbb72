#include <pwd.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "run/session.h"

namespace runbook::run {

std::string new_run_id(const Moment& now) {
  std::string id;
  for (const char c : utc_text(now.wall_ms).substr(0, 19)) {
    if (c == 'T') id += '-';
    if (c >= '0' && c <= '9') id += c;
  }
  static constexpr std::string_view kLetters = "abcdefghjkmnpqrstvwxyz23456789";
  std::array<unsigned char, 4> random{};
  if (getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) random.fill(0);
  id += '-';
  for (const auto byte : random) id += kLetters[byte % kLetters.size()];
  return id;
}

Value operator_identity() {
  // SUDO_USER is what the user says; the login uid is what the kernel says.
  Value who = Value::Map{{"uid", getuid()}};
  if (const auto* entry = getpwuid(getuid())) who["user"] = entry->pw_name;
  std::string login;
  if (std::getline(std::ifstream("/proc/self/loginuid"), login) && login != "4294967295") who["loginuid"] = login;
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) == 0) who["host"] = host.data();
  who["pid"] = getpid();
  return who;
}

}  // namespace runbook::run

#include <pwd.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>

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

namespace {

// When the process began, in ticks since the machine did: field 22 of /proc/PID/stat, counted behind the name, which
// may hold spaces and parentheses (proc(5)).
std::string start_of(std::int64_t pid) {
  std::string stat;
  std::getline(std::ifstream("/proc/" + std::to_string(pid) + "/stat"), stat);
  const auto behind_name = stat.rfind(')');
  if (behind_name == std::string::npos) return {};
  std::istringstream fields(stat.substr(behind_name + 1));
  std::string field;
  for (int number = 3; number <= 22; ++number) fields >> field;
  return field;
}

std::string boot_id() {
  std::string id;
  std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), id);
  return id;
}

}  // namespace

Value process_identity() { return Value::Map{{"pid", getpid()}, {"started", start_of(getpid())}, {"boot", boot_id()}}; }

bool still_runs(const Value& process) {
  const auto started = process["started"].text_or("");
  return !started.empty() && process["boot"].text_or("") == boot_id() &&
         start_of(static_cast<std::int64_t>(process["pid"].number_or(0))) == started;
}

}  // namespace runbook::run

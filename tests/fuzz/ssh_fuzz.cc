// What guards read on the way to a host, and what a host and its user's files say, of any bytes: lines that are taken
// apart mean what they say, openings are found once, known hosts are judged.
#include "base/remote_command.h"
#include "driver.h"
#include "guard/known_hosts.h"
#include "guard/ssh.h"

namespace {

using namespace runbook;

void check_line(std::string_view text) {
  if (const auto words = unquoted(text)) {
    const auto again = quoted(*words);
    if (!again || *again != text) std::abort();
  }
  if (const auto command = parse_remote_line(text)) {
    const auto again = remote_line(*command);
    if (!again || *again != text) std::abort();
  }
  if (const auto kill = parse_remote_kill_line(text)) {
    if (remote_kill_line(*kill) != text || kill->process < 2) std::abort();
  }
  // With an empty list nothing passes, whatever it is.
  if (guard::SshGuard().look("host", text, {}, nullptr)) std::abort();
}

// The same bytes as the words of a command: they come through the line, or none is made.
void check_words(std::string_view bytes) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at <= bytes.size();) {
    const auto end = std::min(bytes.find('\x02', at), bytes.size());
    words.emplace_back(bytes.substr(at, end - at));
    at = end + 1;
  }
  const RemoteCommand command{.argv = words, .directory = bytes.size() % 2 == 0 ? "" : "/" + words[0]};
  const auto line = remote_line(command);
  if (!line) return;
  const auto back = parse_remote_line(*line);
  if (!back || *back != command || line->find('\n') != std::string::npos) std::abort();
  if (line->find('!') != std::string::npos) {
    for (auto at = line->find('!'); at != std::string::npos; at = line->find('!', at + 1)) {
      if ((*line)[at - 1] != '\\') std::abort();
    }
  }
}

// An opening that is found is found at the same place when more comes, and not before it is whole.
void check_opening(std::string_view output) {
  const auto found = read_opening(output);
  if (!found || !*found) return;
  if ((*found)->size > output.size() || (*found)->process < 2) std::abort();
  const auto whole = read_opening(output.substr(0, (*found)->size));
  if (!whole || !*whole || (*whole)->size != (*found)->size) std::abort();
  const auto early = read_opening(output.substr(0, (*found)->size - 1));
  if (early && *early) std::abort();
}

void check_hosts(std::string_view text) {
  const std::string key("\0\0\0\x0bssh-ed25519\0\0\0\x01x", 20);
  guard::KnownHosts hosts;
  hosts.add("known_hosts", text);
  for (const std::string name : {"a", "cache.lxd", "*", ""}) {
    for (const auto port : {std::uint16_t{22}, std::uint16_t{2222}}) {
      using Kind = guard::HostKeyVerdict::Kind;
      const auto verdict = hosts.judge(name, port, key);
      const bool placed = verdict.kind == Kind::kKnown || verdict.kind == Kind::kRevoked;
      if (placed == verdict.where.empty()) std::abort();
      if ((verdict.kind == Kind::kChanged) == verdict.recorded.empty()) std::abort();
      // What is revoked stays revoked, whatever is added.
      guard::KnownHosts more;
      more.add("known_hosts", text);
      more.add("more", "* ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAAXg=\n");
      const auto now = more.judge(name, port, key).kind;
      if (verdict.kind == Kind::kRevoked ? now != Kind::kRevoked : now != Kind::kKnown) std::abort();
    }
  }
}

void run(std::string_view bytes) {
  check_line(bytes);
  check_words(bytes);
  check_opening(bytes);
  check_hosts(bytes);
}

const std::vector<std::string> kCorpus = {
    *remote_line({.argv = {"df", "-h"}}),
    *remote_line({.argv = {"sudo", "-n", "--", "a b", "it's!\n"}, .directory = "/srv/it's"}),
    remote_kill_line({.process = 4711}),
    remote_kill_line({.process = 4711, .signal = EndSignal::kKill, .sudo = true}),
    "'a' 'it'\\''s' ''\\!'' '\"$nl\"'",
    "df\x02-h\x02it's\n!\x02",
    "noise runbook 12 \\\\\\!\nrunbook 4711 \\\\\\!\nrunbook starts\noutput",
    "runbook 4711 \\\\!\n",
    "cache.lxd,*.lxd,!a ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAAXg= me\n@revoked * ssh-ed25519 "
    "AAAAC3NzaC1lZDI1NTE5AAAAAXg=\n",
    "[cache.lxd]:2222 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAAXg=\r\n@cert-authority *\tssh-rsa AAAA\n",
    "|1|dHdlbnR5IGJ5dGVzIG9mIHNhbHQ=|AAAAAAAAAAAAAAAAAAAAAAAAAAA= ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAAXg=\n"};

}  // namespace

int main(int argc, char** argv) { return fuzz::fuzz_main(argc, argv, kCorpus, run); }

#include "guard/never_read.h"

#include <algorithm>
#include <array>

namespace runbook::guard {

namespace {

constexpr auto kNever = std::to_array<std::string_view>(
    {// run what they are told
     "ash", "at", "awk", "bash", "batch", "busybox", "chroot", "csh", "dash", "doas", "env", "exec", "expect", "fish",
     "flock", "gawk", "gdb", "ionice", "ksh", "less", "ltrace", "lua", "luajit", "make", "man", "mawk", "more", "nice",
     "node", "nohup", "nsenter", "parallel", "perl", "php", "pkexec", "python", "rbash", "ruby", "run-parts", "runuser",
     "screen", "script", "sed", "setpriv", "setsid", "sh", "stdbuf", "strace", "su", "sudo", "systemd-run", "tclsh",
     "tcsh", "time", "timeout", "tmux", "toybox", "unshare", "watch", "xargs", "zsh",
     // send and fetch
     "curl", "ftp", "lynx", "mail", "nc", "ncat", "netcat", "rsync", "scp", "sendmail", "sftp", "socat", "ssh",
     "telnet", "tftp", "wget",
     // write by nature
     "apt", "apt-get", "chattr", "chmod", "chown", "chgrp", "cp", "dd", "dnf", "ed", "emacs", "ex", "fdisk", "fsck",
     "halt", "init", "insmod", "install", "kill", "killall", "ln", "mkdir", "mkfifo", "mkfs", "mknod", "mkswap",
     "modprobe", "mv", "nano", "parted", "passwd", "patch", "pip", "pkill", "poweroff", "reboot", "rm", "rmdir",
     "rmmod", "setfacl", "shred", "shutdown", "snap", "swapoff", "swapon", "sync", "tar", "tee", "telinit", "touch",
     "truncate", "umount", "unlink", "useradd", "userdel", "usermod", "vi", "view", "vim", "vipw", "visudo", "wall",
     "wipefs", "yum"});

}  // namespace

bool is_never_read(std::string_view program) {
  const auto named = [](std::string_view name) {
    return std::find(kNever.begin(), kNever.end(), name) != kNever.end();
  };
  const auto end = program.find_last_not_of("0123456789.-");
  return named(program) || named(program.substr(0, end == std::string_view::npos ? 0 : end + 1)) ||
         program.starts_with("mkfs.") || program.starts_with("fsck.");
}

}  // namespace runbook::guard

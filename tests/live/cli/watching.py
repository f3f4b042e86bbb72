"""What a program wrote where: trees before and after, and the file system calls that strace saw."""

import hashlib
import os
import re

# What may reach a server that is only looked at: the reads of a run, of its preflight, and the login.
READS = {
    "ping", "info", "config|get", "dbsize", "time", "role", "lastsave", "memory|usage", "memory|doctor", "memory|stats",
    "slowlog|get", "slowlog|len", "client|list", "latency|latest", "scan", "type", "ttl", "pttl", "pexpiretime", "expiretime", "dump",
    "exists", "get", "strlen", "llen", "scard", "hlen", "zcard", "xlen", "object|encoding", "acl|dryrun", "acl|whoami", "command",
    "hello", "auth", "select", "client|setname",
}

WRITING = "creat,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat,symlink,symlinkat,truncate,mknod,mknodat," \
          "chmod,fchmodat,chown,fchownat"


def tree(*roots, without=()):
    """Every path below the roots with all that a write would change, but its content's time of reading."""
    found = {}
    for root in roots:
        for folder, folders, files in os.walk(root):
            folders[:] = [name for name in folders if os.path.join(folder, name) not in map(str, without)]
            for name in [*folders, *files]:
                path = os.path.join(folder, name)
                about = os.lstat(path)
                content = ""
                if os.path.isfile(path):
                    with open(path, "rb") as file:
                        content = hashlib.sha256(file.read()).hexdigest()
                found[path] = (about.st_mode, about.st_uid, content, about.st_mtime_ns if content else 0)
    return found


def strace(output):
    """The words to start a program under strace with, so that `writes_in` can tell what it wrote."""
    return ["strace", "-f", "-qq", "-s", "4096", "-o", str(output), "-e", f"trace=execve,open,openat,openat2,{WRITING}"]


def writes_in(output):
    """(number of calls that were recorded, the paths that were opened for writing, made, moved or removed)."""
    lines = output.read_text().splitlines()
    paths = set()
    for line in lines:
        call = re.match(r"\d+ +(\w+)\((.*)", line)
        if not call or " = -1 " in line:
            continue
        name, rest = call.groups()
        writing = name in WRITING.split(",") or re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND", rest)
        if writing:
            paths.update(re.findall(r'"((?:[^"\\]|\\.)*)"', rest))
    return len(lines), paths

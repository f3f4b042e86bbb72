#include "primitive/read/container_effect.h"

#include "catch.h"
#include "guard/exec_reads.h"

using runbook::guard::Argv;

namespace {

bool both(const Argv& argv) {
  return runbook::primitive::is_container_read(argv) && runbook::guard::is_exec_read(argv, {});
}

bool neither(const Argv& argv) {
  return !runbook::primitive::is_container_read(argv) && !runbook::guard::is_exec_read(argv, {});
}

}  // namespace

TEST_CASE("two lists, written apart, say the same of what may be run inside a container") {
  for (const Argv& argv : {Argv{"cat", "/proc/1/limits"},
                           {"cat", "/sys/fs/cgroup/memory.max"},
                           {"df"},
                           {"df", "-h"},
                           {"ls", "-l", "/tmp"},
                           {"ps", "aux"},
                           {"ps", "-o", "pid,rss"},
                           {"redis-cli", "--raw", "CONFIG", "GET", "maxmemory"}})
    CHECK(both(argv));
  for (const Argv& argv : {Argv{},
                           {"env"},
                           {"printenv"},
                           {"sh", "-c", "ps"},
                           {"cat", "/proc/1/environ"},
                           {"cat", "/root/.ssh/id_rsa"},
                           {"cat", "/proc/1/../2/environ"},
                           {"ps", "axe"},
                           {"ls", "-R", "/"},
                           {"redis-cli", "SHUTDOWN"},
                           {"redis-cli", "-h", "x", "PING"},
                           {"redis-cli", "-n"},
                           {"rm", "-rf", "/"},
                           {"nc", "x", "1"}})
    CHECK(neither(argv));
}

#include "worker/confine.h"

#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <memory>

#include "channel/line_page.h"

#ifdef __SANITIZE_ADDRESS__
// The leak check at exit starts a tracer thread, which is what a sandbox must not allow.
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }
#endif

namespace runbook::worker {

void harden() {
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
}

bool confine() {
  const std::unique_ptr<void, void (*)(scmp_filter_ctx)> filter(seccomp_init(SCMP_ACT_KILL_PROCESS), seccomp_release);
  if (filter == nullptr) return false;
  bool good = true;
  const auto allow = [&](int call) { good = good && seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0) == 0; };
  const auto allow_if = [&](int call, scmp_arg_cmp condition) {
    good = good && seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 1, condition) == 0;
  };
  constexpr auto kSocket = static_cast<scmp_datum_t>(channel::kSocketFd);
  allow_if(SCMP_SYS(read), SCMP_A0(SCMP_CMP_EQ, kSocket));
  allow_if(SCMP_SYS(write), SCMP_A0(SCMP_CMP_EQ, kSocket));
  allow_if(SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, static_cast<scmp_datum_t>(PROT_EXEC), scmp_datum_t{0}));
  for (const int call : {SCMP_SYS(brk), SCMP_SYS(mremap), SCMP_SYS(munmap), SCMP_SYS(madvise), SCMP_SYS(futex),
                         SCMP_SYS(clock_gettime), SCMP_SYS(exit_group)}) {
    allow(call);
  }
#ifdef __SANITIZE_ADDRESS__
  // Reporting a finding (to fd 2, which the engine points to /dev/null) and leaving need more than the program itself.
  allow_if(SCMP_SYS(write), SCMP_A0(SCMP_CMP_EQ, 2));
  for (const int call : {SCMP_SYS(sigaltstack), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(sched_yield),
                         SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(mprotect)}) {
    allow(call);
  }
#endif
  return good && seccomp_load(filter.get()) == 0;
}

}  // namespace runbook::worker

#include "worker/deep_stack.h"

#include <sys/mman.h>
#include <ucontext.h>

#include <cstddef>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

namespace runbook::worker {

namespace {

void (*entry)() = nullptr;

// The sanitizer has to know which stack is in use, or it takes the unwinding of a Lua error for a bug.
void announce(const void* stack, std::size_t size) {
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_start_switch_fiber(nullptr, stack, size);
#else
  static_cast<void>(stack);
  static_cast<void>(size);
#endif
}

void enter() {
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr);
#endif
  entry();
}

}  // namespace

bool run_on_deep_stack(void (*function)()) {
  constexpr std::size_t kSize = std::size_t{256} << 20U;
  constexpr std::size_t kGuard = 4096;
  void* const stack =
      mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
  if (stack == MAP_FAILED || mprotect(stack, kGuard, PROT_NONE) != 0) return false;
  static ucontext_t context;
  if (getcontext(&context) != 0) return false;
  context.uc_stack.ss_sp = stack;
  context.uc_stack.ss_size = kSize;
  context.uc_link = nullptr;
  entry = function;
  makecontext(&context, enter, 0);
  announce(stack, kSize);
  setcontext(&context);
  return false;
}

}  // namespace runbook::worker

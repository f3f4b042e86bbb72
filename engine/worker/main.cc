// runbook-worker MEMORY_LIMIT: runs one playbook, confined (design section 2). Started by the engine only, with the
// channel on fd 3 and the line page on fd 4; the first argument is the memory limit of the Lua state in bytes.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "worker/binding.h"
#include "worker/confine.h"
#include "worker/convert.h"
#include "worker/deep_stack.h"
#include "worker/vm.h"

namespace runbook::worker {
namespace {

channel::LinePage* map_line_page() {
  void* const page =
      mmap(nullptr, sizeof(channel::LinePage), PROT_READ | PROT_WRITE, MAP_SHARED, channel::kLinePageFd, 0);
  return page == MAP_FAILED ? nullptr : static_cast<channel::LinePage*>(page);
}

constexpr std::string_view kNoPrelude = "error('there is no prelude.lua', 0)";

// Waits for the load and hands it to the prelude that came with it; that never returns.
int run_prelude(lua_State* state, Host& host) {
  const auto load = host.pipe.receive();
  if (load.type != channel::Type::kLoad) return EXIT_FAILURE;
  std::string problem;
  if (load_own(state, load.body["library"]["prelude"].text_or(kNoPrelude), "=stdlib/prelude.lua")) {
    push_host(state);
    lua_pushnumber(state, load.id);
    push_value(state, load.body);
    if (lua_pcall(state, 3, 0, 0) == 0) return EXIT_SUCCESS;
  }
  std::size_t size = 0;
  const char* text = lua_tolstring(state, -1, &size);
  if (text != nullptr) problem.assign(text, size);
  Value body;
  body["message"] = "the standard library failed: " + problem;
  static_cast<void>(host.pipe.send({.type = channel::Type::kFailed, .id = load.id, .body = std::move(body)}));
  return EXIT_FAILURE;
}

Host& host() {
  static Host host;
  return host;
}

void work() {
  const auto state = make_state(host());
  _exit(state != nullptr && confine() ? run_prelude(state.get(), host()) : EXIT_FAILURE);
}

}  // namespace
}  // namespace runbook::worker

int main(int argc, char** argv) {
  using namespace runbook::worker;
  harden();
  host().memory_limit = argc == 2 ? std::strtoull(argv[1], nullptr, 10) : 0;
  host().page = map_line_page();
  if (host().memory_limit == 0 || host().page == nullptr || !run_on_deep_stack(work)) return EXIT_FAILURE;
}

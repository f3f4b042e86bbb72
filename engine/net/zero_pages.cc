#include "net/zero_pages.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <memory>
#include <string_view>

namespace runbook::net {

void give_back_zeros(void* block) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  auto room = malloc_usable_size(block);
  void* at = block;
  while (std::align(page, page, at, room) != nullptr) {
    const std::string_view bytes(static_cast<const char*>(at), page);
    if (bytes.find_first_not_of('\0') == std::string_view::npos) madvise(at, page, MADV_DONTNEED);
    at = static_cast<char*>(at) + page;
    room -= page;
  }
}

}  // namespace runbook::net

// Judges audit logs that come in on stdin, one after the other, with the program's own verify_audit: the one side of
// test_verifiers.py. A log is a number of files; each is "NAME LENGTH\n" and its bytes; paths are below the state
// directory. For each log one line goes to stdout: "sound RECORDS ANCHORED TORN HASH", or "damaged WHERE: WHAT".
#include <iostream>

#include "base/memory_storage.h"
#include "power_cut.h"
#include "safety/verify.h"

namespace {

using namespace runbook;

const std::filesystem::path kState = "/state";

bool read_log(std::istream& in, test::Tree& tree) {
  std::size_t count = 0;
  if (!(in >> count)) return false;
  tree.directories = {kState, kState / "audit", kState / "keys"};
  for (; count > 0; --count) {
    std::string name;
    std::size_t length = 0;
    in >> name >> length;
    in.get();
    std::string bytes(length, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(length));
    tree.files[kState / name] = std::move(bytes);
  }
  return true;
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  for (test::Tree tree; read_log(std::cin, tree); tree = {}) {
    MemoryStorage storage;
    test::put_tree(storage, tree);
    const auto found = safety::verify_audit(storage, kState);
    if (found) {
      std::cout << "sound " << found->records << ' ' << found->anchored << ' ' << found->torn << ' '
                << found->last_hash;
    } else {
      const auto& error = found.error();
      std::cout << "damaged " << std::filesystem::path(error.where).filename().string() << ": " << error.message;
    }
    std::cout << std::endl;
  }
}

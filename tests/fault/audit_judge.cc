// Judges audit logs that come in on stdin, one after the other, with the program's own verify_audit: the one side of
// test_verifiers.py. A log is a number of files; each is "NAME LENGTH\n" and its bytes; paths are below the state
// directory. For each log one line goes to stdout: "sound RECORDS ANCHORED TORN HASH", or "damaged WHERE: WHAT". A log
// of one file "export" is the export of a run: "sound RECORDS OTHERS EVIDENCE HASH", or "damaged LINE: WHAT".
#include <iostream>

#include "base/memory_storage.h"
#include "power_cut.h"
#include "safety/export.h"
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

std::string words_of(const Error& error) {
  return "damaged " + std::filesystem::path(error.where).filename().string() + ": " + error.message;
}

std::string judge_export(const std::string& file) {
  const auto found = safety::verify_export(file);
  if (!found) return words_of(found.error());
  return "sound " + std::to_string(found->records) + ' ' + std::to_string(found->others) + ' ' +
         std::to_string(found->evidence) + ' ' + found->last_hash;
}

std::string judge_log(const test::Tree& tree) {
  MemoryStorage storage;
  test::put_tree(storage, tree);
  const auto found = safety::verify_audit(storage, kState);
  if (!found) return words_of(found.error());
  return "sound " + std::to_string(found->records) + ' ' + std::to_string(found->anchored) + ' ' +
         std::to_string(found->torn) + ' ' + found->last_hash;
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  for (test::Tree tree; read_log(std::cin, tree); tree = {}) {
    const auto exported = tree.files.find(kState / "export");
    std::cout << (exported == tree.files.end() ? judge_log(tree) : judge_export(exported->second)) << std::endl;
  }
}

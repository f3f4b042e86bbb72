// The verifier of an export: never crashes, and accepts nothing but what was exported, sealed anew or not.
#include "base/hash.h"
#include "base/json.h"
#include "base/memory_storage.h"
#include "base/text.h"
#include "driver.h"
#include "safety/export.h"

namespace {

using runbook::Value;
using runbook::safety::SigningKey;

const SigningKey& key() {
  static runbook::MemoryStorage storage;
  static const auto made = [] {
    storage.make_directory("/keys").value();
    return SigningKey::load_or_create(storage, "/keys").value();
  }();
  return made;
}

std::string line(std::uint64_t n, const std::string& run, const std::string& type, std::string& prev, bool whole) {
  runbook::safety::Record record{.n = n,
                                 .type = type,
                                 .run = run,
                                 .moment = {.wall_ms = 1'790'000'000'123, .boot_ms = 5'000'000, .boot_id = "boot"},
                                 .data = Value::Map{{"sha256", runbook::sha256("seen")}, {"status", "verified"}},
                                 .prev = prev,
                                 .seal = std::string(64, '0')};
  const auto text = seal_record(record, [](std::string_view hash) { return key().sign(hash); });
  prev = record.hash;
  return (whole ? text : stub_of(record)) + "\n";
}

std::string sealed(const std::string& lines) {
  const auto hash = runbook::sha256(lines);
  const auto sig = runbook::to_base64(key().sign(runbook::safety::export_message(hash)));
  return lines + runbook::to_json(Value::Map{{"sha256", hash}, {"sig", sig}}) + "\n";
}

std::string an_export() {
  std::string prev(64, 'a');
  std::string lines = runbook::to_json(Value::Map{
                          {"evidence", true}, {"format", 1}, {"key", key().public_key().pem()}, {"run", "r-1"}}) +
                      "\n";
  lines += line(7, "r-1", "RUN_START", prev, true);
  lines += line(8, "r-2", "NOTE", prev, false);
  lines += line(9, "r-1", "EVIDENCE", prev, true);
  lines += line(10, "r-1", "RUN_END", prev, true);
  lines +=
      runbook::to_json(Value::Map{{"base64", runbook::to_base64("seen")}, {"sha256", runbook::sha256("seen")}}) + "\n";
  return sealed(lines);
}

// Without its last line.
std::string lines_of(std::string_view file) {
  if (file.empty()) return {};
  const auto stop = file.rfind('\n', file.size() - 2);
  return std::string(file.substr(0, stop == std::string_view::npos ? 0 : stop + 1));
}

void run(std::string_view input) {
  static const auto sound = an_export();
  if (!runbook::safety::verify_export(sound)) std::abort();
  if (runbook::safety::verify_export(input) && input != sound) std::abort();
  // With the key at hand one can end it earlier, and nothing else.
  const auto again = lines_of(input);
  if (runbook::safety::verify_export(sealed(again)) && !sound.starts_with(again.substr(again.find('\n') + 1)) &&
      sound.find(again.substr(again.find('\n') + 1)) == std::string::npos)
    std::abort();
}

}  // namespace

int main(int argc, char** argv) { return runbook::fuzz::fuzz_main(argc, argv, {an_export()}, run); }

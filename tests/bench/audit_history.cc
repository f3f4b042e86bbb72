// What a run has to wait for when the audit log is long: with files that go on in the next one, and with one file.
//
//   bench-audit-history FOLDER RECORDS ROTATE_AT     prints how long each of these took, in milliseconds: opening the
//   log,
//                                                    what is in doubt, the plans of the last hour, the records of the
//                                                    last run, the list of runs twice, and reading all of it
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "base/json.h"
#include "run/run_list.h"
#include "safety/gate.h"
#include "safety/journal.h"

namespace {

using Clock = std::chrono::steady_clock;
using runbook::Value;

template <class Work>
double milliseconds_of(Work work) {
  const auto begin = Clock::now();
  work();
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

std::string run_name(unsigned long n) { return "20261120-233107-" + std::to_string(n); }

// Runs of twenty records, an hour apart, of which each tenth dies with its change in hand and is settled by the next
// one.
void write_runs(runbook::safety::Journal& journal, runbook::ManualClock& clock, unsigned long records,
                std::uint64_t rotate_at) {
  const std::string seen(300, 's');
  std::uint64_t in_doubt = 0;
  for (unsigned long run = 0; run < records / 20; ++run) {
    const auto id = run_name(run);
    clock.advance(std::chrono::hours(1));
    journal.rotate_beyond(rotate_at).value();
    journal.append(id, "RUN_START", Value::Map{{"playbook", "redis-down"}, {"mode", "live"}, {"targets", seen}})
        .value();
    if (in_doubt != 0) {
      journal.append(id, "OUTCOME", Value::Map{{"intent", in_doubt}, {"status", "applied"}}).value();
      in_doubt = 0;
    }
    for (int i = 0; i < 14; ++i)
      journal.append(id, "EVIDENCE", Value::Map{{"name", "memory"}, {"brief", seen}}).value();
    journal.append(id, "PLAN", Value::Map{{"digest", std::string(64, 'd')}, {"items", seen}}).value();
    const auto intent = journal.append(id, "INTENT", Value::Map{{"text", seen}}).value();
    if (run % 10 == 9) {
      in_doubt = intent.n;
      continue;
    }
    journal.append(id, "OUTCOME", Value::Map{{"intent", intent.n}, {"status", "applied"}}).value();
    journal.append(id, "VERIFY", Value::Map{{"holds", true}}).value();
    journal.append_durable(id, "RUN_END", Value::Map{{"status", "verified"}, {"exit", 0}}).value();
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const auto state = std::filesystem::path(argv[1]) / "state";
  const auto records = std::strtoul(argv[2], nullptr, 10);
  runbook::RealStorage storage;
  runbook::ManualClock clock;
  {
    const auto journal = runbook::safety::Journal::open(storage, clock, state);
    write_runs(*journal, clock, records, std::strtoull(argv[3], nullptr, 10));
  }
  std::unique_ptr<runbook::safety::Journal> journal;
  Value took = Value::Map{};
  took["open"] = milliseconds_of([&] { journal = runbook::safety::Journal::open(storage, clock, state); });
  took["in_doubt"] = milliseconds_of([&] { static_cast<void>(journal->open_intents().value()); });
  took["approved"] = milliseconds_of([&] {
    journal->for_each_within(runbook::safety::kApprovalValidity, [](const runbook::safety::Record&) {}).value();
  });
  took["last_run"] = milliseconds_of([&] { static_cast<void>(journal->records(run_name(records / 20 - 1)).value()); });
  for (const auto* name : {"runs_first", "runs"})
    took[name] = milliseconds_of([&] { static_cast<void>(runbook::run::list_runs(storage, state).value()); });
  std::uint64_t all = 0;
  took["whole"] = milliseconds_of([&] { journal->for_each([&](const runbook::safety::Record&) { ++all; }).value(); });
  took["records"] = all;
  std::printf("%s\n", runbook::to_json(took).c_str());
}
